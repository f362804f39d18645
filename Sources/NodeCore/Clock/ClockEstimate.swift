import PeerBook
import Primitives
import SansIO

/// What others' clocks say of this node's: a clock that is wrong makes a node refuse current blocks and be refused by
/// discovery, and nothing else tells its operator why.
///
/// One sample a range of addresses, the newest, so that nobody has more than one voice; the median is what counts. It is
/// only for the log: no peer is judged by it, and no clock is changed.
struct ClockEstimate: Sendable {
    /// How certain it is whose clock it was.
    enum Source: Comparable, Sendable {
        /// A datagram, whose sender's address anybody may have written.
        case datagram
        /// A connected peer.
        case peer
    }

    private struct Sample: Sendable {
        let range: Subnet
        let source: Source
        let difference: Duration
        let at: Instant
    }

    /// Discovery's packets are valid for 20 s, and blocks may come some seconds after their time.
    static let tolerance = Duration.seconds(5)
    private static let maxRanges = 64
    private static let lifetime = Duration.seconds(600)
    private static let pause = Duration.seconds(300)
    /// So many ranges are believed at once, fewer only if they say the same for so long: the first one that a node hears
    /// may be the one that is wrong.
    private static let enoughRanges = 3
    private static let patience = Duration.seconds(10)

    /// The oldest first.
    private var samples: [Sample] = []
    private var isOffSince: Instant?
    private var silentUntil: Instant?

    /// Somebody's clock is ahead of this node's by so much.
    mutating func note(_ difference: Duration, from ip: IPAddress, by source: Source, now: Instant) {
        let range = Subnet(ip)
        if let old = samples.first(where: { $0.range == range }), old.source > source, now - old.at < Self.lifetime {
            return
        }
        samples.removeAll { $0.range == range || now - $0.at >= Self.lifetime }
        if samples.count == Self.maxRanges { samples.removeFirst() }
        samples.append(Sample(range: range, source: source, difference: difference, at: now))
    }

    /// How far the others are ahead, and how many ranges say so, where that is too much: every few minutes.
    mutating func takeWarning(now: Instant) -> (difference: Duration, ranges: Int)? {
        guard let best = samples.map(\.source).max() else { return nil }
        let differences = samples.filter { $0.source == best }.map(\.difference).sorted()
        let median = differences[(differences.count - 1) / 2]
        guard median > Self.tolerance || median < .zero - Self.tolerance else {
            isOffSince = nil
            return nil
        }
        let since = isOffSince ?? now
        isOffSince = since
        guard differences.count >= Self.enoughRanges || now - since >= Self.patience,
            silentUntil.map({ $0 <= now }) ?? true
        else { return nil }
        silentUntil = now + Self.pause
        return (median, differences.count)
    }

    /// The clock was set: what was measured by it says nothing any more.
    mutating func clear() { self = ClockEstimate() }
}

extension ClockEstimate {
    /// How long packets of discovery are valid when they are sent: 20 s with most clients, 60 s with besu.
    private static let validity: ClosedRange<Int64> = 20...60

    /// What the expiration of a packet that has just come says of its sender's clock: nothing within what honest clients
    /// write, a difference beyond that.
    static func difference(expiration: UInt64, unixTime: Instant) -> Duration? {
        // Nobody's clock is a century wrong, and sums must not overflow.
        let century: UInt64 = 100 * 365 * 86_400
        guard expiration < unixTime.unixSeconds + century else { return nil }
        let left = Int64(expiration) - Int64(unixTime.unixSeconds)
        if left < validity.lowerBound { return .seconds(left - validity.lowerBound) }
        return .seconds(max(0, left - validity.upperBound))
    }
}
