/// A rate limit: at most `burst` tokens at once, refilled continuously with `perSecond` tokens per second.
public struct TokenBucket: Sendable {
    private let burst: Double
    private let perSecond: Double
    private var tokens: Double
    private var updated: Instant

    /// A full bucket.
    public init(burst: Double, perSecond: Double, now: Instant) {
        self.burst = burst
        self.perSecond = perSecond
        tokens = burst
        updated = now
    }

    /// Takes `amount` tokens. Returns false, and takes nothing, if fewer are available.
    public mutating func take(_ amount: Double = 1, now: Instant) -> Bool {
        if now > updated {
            tokens = min(burst, tokens + (now - updated).inSeconds * perSecond)
            updated = now
        }
        guard tokens >= amount else { return false }
        tokens -= amount
        return true
    }
}
