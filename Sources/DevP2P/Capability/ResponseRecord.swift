import SansIO

/// How one peer has answered its last requests: how fast, how reliably, and with how many bytes.
public struct ResponseRecord: Sendable {
    /// The requests that percentiles and the success rate are about.
    public static let window = 128

    /// Nil for a request that timed out. A ring: `next` is the oldest once it is full.
    private var outcomes: [Duration?] = []
    private var next = 0

    private var bytes = 0.0
    private var busy = 0.0
    /// Since when the peer has owed at least one answer.
    private var busySince: Instant?

    /// Busy seconds after which bytes and time count half: old throughput fades.
    private static let busyMemory = 30.0

    init() {}

    /// The requests answered or timed out that this is about, at most `window`.
    public var count: Int { outcomes.count }

    /// The share of requests that were answered in time, 0 ... 1; nil before the first.
    public var successRate: Double? {
        outcomes.isEmpty ? nil : Double(outcomes.count { $0 != nil }) / Double(outcomes.count)
    }

    /// Bytes of answers for each second in which the peer owed one; nil before the first.
    public var bytesPerSecond: Double? { busy > 0 ? bytes / busy : nil }

    /// The time within which `percent` of the answers came (nearest rank); nil where none has come.
    ///
    /// - Complexity: O(n log n) in the window.
    public func latency(percentile percent: Int) -> Duration? {
        let sorted = outcomes.compactMap { $0 }.sorted()
        guard !sorted.isEmpty else { return nil }
        let rank = (sorted.count * min(max(percent, 1), 100) + 99) / 100
        return sorted[rank - 1]
    }

    public var p50: Duration? { latency(percentile: 50) }
    public var p95: Duration? { latency(percentile: 95) }
    public var p99: Duration? { latency(percentile: 99) }

    mutating func asked(_ now: Instant) {
        if busySince == nil { busySince = now }
    }

    /// - Parameter owesMore: whether the peer still owes other answers.
    mutating func answered(after latency: Duration, bytes count: Int, owesMore: Bool, _ now: Instant) {
        note(latency)
        bytes += Double(count)
        measure(until: now, owesMore)
    }

    mutating func timedOut(owesMore: Bool, _ now: Instant) {
        note(nil)
        measure(until: now, owesMore)
    }

    private mutating func note(_ outcome: Duration?) {
        if outcomes.count < Self.window {
            outcomes.append(outcome)
        } else {
            outcomes[next] = outcome
            next = (next + 1) % Self.window
        }
    }

    private mutating func measure(until now: Instant, _ owesMore: Bool) {
        if let since = busySince { busy += max(0, (now - since).inSeconds) }
        busySince = owesMore ? now : nil
        if busy > Self.busyMemory {
            busy /= 2
            bytes /= 2
        }
    }
}
