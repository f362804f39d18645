/// The difference between a node's own time and Unix time.
///
/// An `Instant` comes from a monotonic clock, which timers need: it equals Unix time when the node starts, and doesn't
/// change when the system clock is set later. What is compared with times that others have written (timestamps of
/// headers, expirations of packets) needs Unix time, which is ahead of the `Instant` by `offset`.
public struct WallClock: Hashable, Sendable {
    /// Unix time minus the node's own time.
    public var offset: Duration

    /// A clock with this offset.
    public init(offset: Duration = .zero) { self.offset = offset }

    /// Converts the node's own time to Unix time.
    public func unixTime(at now: Instant) -> Instant { now + offset }

    /// Converts Unix time to the node's own time; `distantFuture` stays as it is.
    public func moment(of unixTime: Instant) -> Instant {
        unixTime == .distantFuture ? unixTime : unixTime + (.zero - offset)
    }
}
