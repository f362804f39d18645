import SansIO

/// When to start lookups: immediately at the start, every half second while they find nodes for a sparse table, and
/// with growing pauses after that.
///
/// A small network is complete within seconds, and an idle node of a large one starts a lookup every 30 s.
struct LookupSchedule: Sendable {
    static let shortest = Duration.milliseconds(500)
    /// The maximum pause while no node is live; the bootnodes are tried again after it.
    static let longestWhenEmpty = Duration.seconds(5)
    static let longest = Duration.seconds(30)
    /// With fewer live nodes than this in the table, each new one starts another lookup soon.
    static let sparseCount = 32
    /// The minimum pause before a lookup that the owner requests.
    static let demandInterval = Duration.seconds(1)
    /// The lookup of this node's own id is repeated after a random time between half of this and all of it
    /// (go-ethereum).
    static let refreshInterval = Duration.seconds(30 * 60)

    /// The time of the next lookup.
    private(set) var next: Instant
    /// The time from which the next lookup is one of this node's own id.
    private(set) var refresh: Instant
    private var pause = shortest
    private var lastEnd: Instant?

    init(now: Instant) {
        next = now
        refresh = now
    }

    /// Whether the lookup that begins now is a refresh (of this node's own id); if so, schedules the next refresh.
    mutating func beginRefreshIfDue(now: Instant, random: inout NodeRandom) -> Bool {
        guard refresh <= now else { return false }
        let half = Duration.nanoseconds(Self.refreshInterval.nanoseconds / 2)
        refresh = now + half + random.duration(below: half)
        return true
    }

    /// Schedules the next lookup.
    ///
    /// - Parameter foundNew: whether nodes were verified for the first time since the previous lookup.
    mutating func lookupEnded(foundNew: Bool, liveCount: Int, now: Instant, random: inout NodeRandom) {
        if foundNew, liveCount < Self.sparseCount {
            pause = Self.shortest
        } else {
            let longest = liveCount == 0 ? Self.longestWhenEmpty : Self.longest
            pause = .nanoseconds(min(2 * pause.nanoseconds, longest.nanoseconds))
        }
        lastEnd = now
        next = now + jittered(&random)
    }

    /// Reports that a node was verified for the first time.
    mutating func discovered(liveCount: Int, now: Instant, random: inout NodeRandom) {
        guard liveCount < Self.sparseCount else { return }
        pause = Self.shortest
        next = min(next, now + jittered(&random))
    }

    /// Reports that the owner needs more nodes.
    mutating func demanded(now: Instant) {
        next = min(next, max(now, lastEnd.map { $0 + Self.demandInterval } ?? now))
    }

    /// Reports new contacts to start from: a refresh is due immediately.
    mutating func seeded() {
        next = Instant(nanoseconds: .min)
        refresh = next
    }

    /// The pause plus or minus up to a quarter, so that nodes started together don't stay synchronised.
    private func jittered(_ random: inout NodeRandom) -> Duration {
        let quarter = Duration.nanoseconds(pause.nanoseconds / 4)
        return pause - quarter + random.duration(below: .nanoseconds(2 * quarter.nanoseconds))
    }
}
