import Links
public import SansIO

/// A node's own clock, which may be off and drift.
public struct NodeClock: Sendable {
    private var anchor: Instant
    /// What it was off by at the anchor.
    private var offset: Duration
    /// What it gains, parts per million.
    private var partsPerMillion: Int64

    init(_ anchor: Instant) {
        self.anchor = anchor
        offset = .zero
        partsPerMillion = 0
    }

    /// What the clock shows at a moment of the simulation.
    public func local(_ moment: Instant) -> Instant {
        if partsPerMillion == 0 { return moment + offset }
        return moment + offset + gain(moment)
    }

    private func gain(_ moment: Instant) -> Duration {
        let microseconds = (moment - anchor).nanoseconds / 1000
        return .nanoseconds(microseconds.multipliedReportingOverflow(by: partsPerMillion).partialValue / 1000)
    }

    /// The first moment of the simulation at which the clock shows at least `local`.
    public func moment(_ local: Instant) -> Instant {
        let guess = local - offset
        guard partsPerMillion != 0, local < .distantFuture else { return guess }
        let span = (guess - anchor).nanoseconds / 1000
        let (scaled, overflow) = span.multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return guess }
        var moment = anchor + .nanoseconds(scaled / (1_000_000 + partsPerMillion) * 1000)
        // What was rounded off.
        while self.local(moment) < local { moment = moment + .nanoseconds(1000) }
        return moment
    }

    /// From now on the clock gains so much: it doesn't jump.
    mutating func setDrift(_ partsPerMillion: Int64, now: Instant) {
        offset = local(now) - now
        anchor = now
        self.partsPerMillion = partsPerMillion
    }

    /// Sets the clock to be off by so much. Only forwards, or while the node is down: time doesn't run backwards in it.
    mutating func setOffset(_ offset: Duration, now: Instant) {
        self.offset = offset
        anchor = now
    }
}
