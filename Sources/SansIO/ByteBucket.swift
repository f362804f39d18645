/// A byte rate limit: a token bucket in exact integers, whose level may go below zero.
///
/// Traffic that can wait asks `moment(for:)` before it is charged. Traffic that can't wait is charged at once; the
/// level may then be negative, which delays the traffic that can wait.
public struct ByteBucket: Sendable, Hashable {
    /// The bytes that are refilled per `period`.
    public let bytes: Int64
    /// The time in which `bytes` are refilled.
    public let period: Duration
    /// The capacity in bytes: the level never exceeds it.
    public let burst: Int64

    /// In bytes times nanoseconds of the period: `n` nanoseconds add `n * bytes`, so that no remainder is lost.
    private var level: Int128
    private var updated: Instant

    private var unit: Int128 { Int128(period.nanoseconds) }

    /// A full bucket. Traps unless all three amounts are positive.
    public init(bytes: Int64, per period: Duration, burst: Int64, now: Instant) {
        precondition(bytes > 0 && burst > 0 && period.nanoseconds > 0)
        self.bytes = bytes
        self.period = period
        self.burst = burst
        level = Int128(burst) * Int128(period.nanoseconds)
        updated = now
    }

    /// The bytes that may be sent now; negative if more was charged than was available.
    public mutating func available(now: Instant) -> Int64 {
        refill(now)
        let (quotient, remainder) = level.quotientAndRemainder(dividingBy: unit)
        return Int64(clamping: remainder < 0 ? quotient - 1 : quotient)
    }

    /// Subtracts `count` bytes, even if fewer are available.
    public mutating func charge(_ count: Int, now: Instant) {
        refill(now)
        level -= Int128(count) * unit
    }

    /// Returns `count` bytes that were charged but not sent.
    public mutating func refund(_ count: Int, now: Instant) {
        refill(now)
        level = min(level + Int128(count) * unit, Int128(burst) * unit)
    }

    /// The earliest time at which `count` bytes may be sent, if nothing else is charged before; more than `burst` bytes
    /// may be sent as soon as the bucket is full.
    public func moment(for count: Int) -> Instant {
        let missing = min(Int128(count), Int128(burst)) * unit - level
        guard missing > 0 else { return updated }
        let nanoseconds = (missing + Int128(bytes) - 1) / Int128(bytes)
        return updated + .nanoseconds(Int64(clamping: nanoseconds))
    }

    private mutating func refill(_ now: Instant) {
        guard now > updated else { return }
        let gained = Int128((now - updated).nanoseconds) * Int128(bytes)
        level = min(level + gained, Int128(burst) * unit)
        updated = now
    }
}
