/// How long something took, as counts by upper bounds.
public struct DelayHistogram: Hashable, Sendable {
    public static let bounds: [Duration] = [
        .milliseconds(50), .milliseconds(100), .milliseconds(250), .milliseconds(500), .seconds(1), .milliseconds(2500),
        .seconds(5), .seconds(10), .seconds(30),
    ]

    /// For each bound the delays that are at most that and above the bound before.
    public private(set) var counts = [UInt64](repeating: 0, count: bounds.count)
    /// All delays, those above the last bound too.
    public private(set) var count: UInt64 = 0
    public private(set) var sum = Duration.zero

    public init() {}

    /// Below zero, as between two clocks, counts as zero.
    public mutating func note(_ delay: Duration) {
        let delay = max(.zero, delay)
        count += 1
        sum += delay
        if let index = Self.bounds.firstIndex(where: { delay <= $0 }) { counts[index] += 1 }
    }
}
