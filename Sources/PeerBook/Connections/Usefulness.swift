import SansIO

/// What a peer has contributed of late: points that halve every five minutes.
struct Usefulness: Hashable, Sendable {
    private static let halfLife = Duration.seconds(300)

    private var points = 0
    private var updated = Instant(nanoseconds: 0)

    mutating func add(_ more: Int, now: Instant) {
        points = min(value(now: now), Int.max / 2) + min(max(0, more), 1 << 32)
        updated = now
    }

    /// In steps of whole half-lives: only the order among peers matters.
    func value(now: Instant) -> Int {
        let steps = (now - updated).nanoseconds / Self.halfLife.nanoseconds
        return steps >= 63 ? 0 : points >> Int(max(0, steps))
    }
}
