/// How a node's own time lies to the time of day.
///
/// An `Instant` is counted by a monotonic clock, which timers need: it began at the time of day at which the node has
/// started, and knows nothing of a system clock that is set later. Whatever is compared with what others have written
/// (timestamps of headers, expirations of packets) goes by Unix time, which is this much ahead of it.
public struct WallClock: Hashable, Sendable {
    public var offset: Duration

    public init(offset: Duration = .zero) { self.offset = offset }

    /// The Unix time at a moment of the node's own time.
    public func unixTime(at now: Instant) -> Instant { now + offset }

    /// When a Unix time comes, in the node's own time.
    public func moment(of unixTime: Instant) -> Instant {
        unixTime == .distantFuture ? unixTime : unixTime + (.zero - offset)
    }
}
