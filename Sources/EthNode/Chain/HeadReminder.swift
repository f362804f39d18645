import Chain
import SansIO

/// When to tell peers of the head once more since nothing new has come: what was lost on the way would else never be
/// noticed, and signers on two branches of one height would wait for each other.
struct HeadReminder: Sendable {
    /// For chains without a period, and the least that blocks under way are given.
    private static let shortest = Duration.seconds(4)
    private static let longest = Duration.seconds(300)

    private let first: Duration
    private var wait: Duration
    private var since: Instant
    private(set) var deadline: Instant

    /// - Parameter period: seconds between blocks, where the chain has any.
    init(period: UInt64?, now: Instant) {
        first = max(Self.shortest, .seconds(2 * Int64(min(period ?? 0, 150))))
        wait = first
        since = now
        deadline = now + first
    }

    /// There is a new head.
    mutating func reset(now: Instant) {
        wait = first
        since = now
        deadline = now + first
    }

    /// Whether the head has stayed the same for longer than blocks are apart.
    func isStale(now: Instant) -> Bool { now - since >= first }

    /// Whether it is time; the next one is twice as far, five minutes at the most.
    mutating func takeDue(now: Instant) -> Bool {
        guard deadline <= now else { return false }
        wait = min(Self.longest, wait + wait)
        deadline = now + wait
        return true
    }
}
