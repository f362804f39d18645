/// A limit in bytes for a period: a token bucket in exact integers, which may be overdrawn.
///
/// Whoever charges it asks `moment(for:)` first, where it can wait; what can't wait is charged anyhow, and those that
/// can wait longer for it.
public struct ByteBucket: Sendable, Hashable {
    /// What is refilled within a period, in bytes.
    public let bytes: Int64
    public let period: Duration
    /// The most that is saved up, in bytes.
    public let burst: Int64

    /// In bytes times nanoseconds of the period: after `n` nanoseconds it is higher by `n * bytes`, without a remainder.
    private var level: Int128
    private var updated: Instant

    private var unit: Int128 { Int128(period.nanoseconds) }

    /// A full bucket.
    public init(bytes: Int64, per period: Duration, burst: Int64, now: Instant) {
        precondition(bytes > 0 && burst > 0 && period.nanoseconds > 0)
        self.bytes = bytes
        self.period = period
        self.burst = burst
        level = Int128(burst) * Int128(period.nanoseconds)
        updated = now
    }

    /// The bytes that may go now; negative where it is overdrawn.
    public mutating func available(now: Instant) -> Int64 {
        refill(now)
        let (quotient, remainder) = level.quotientAndRemainder(dividingBy: unit)
        return Int64(clamping: remainder < 0 ? quotient - 1 : quotient)
    }

    /// Takes bytes, whether they are there or not.
    public mutating func charge(_ count: Int, now: Instant) {
        refill(now)
        level -= Int128(count) * unit
    }

    /// Gives back bytes that were charged and didn't go.
    public mutating func refund(_ count: Int, now: Instant) {
        refill(now)
        level = min(level + Int128(count) * unit, Int128(burst) * unit)
    }

    /// When so many bytes may go, if none others go before; more than the burst may go when that is there.
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
