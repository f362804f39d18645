import SansIO

/// When to search: at once at the start, every half second while that finds nodes that a small table needs, and more
/// and more rarely after that.
///
/// A small network is complete within seconds, and an idle node of a large one sends a lookup every 30 s.
struct LookupSchedule: Sendable {
    static let shortest = Duration.milliseconds(500)
    /// The longest pause while there is nobody to ask; the bootnodes are tried again after it.
    static let longestWhenEmpty = Duration.seconds(5)
    static let longest = Duration.seconds(30)
    /// With fewer verified nodes than this in the table every new one is a reason to search again soon.
    static let sparseCount = 32
    /// The least pause between lookups that the owner demands.
    static let demandInterval = Duration.seconds(1)
    /// The search for this node's own neighbourhood is repeated after half of this to all of it (go-ethereum).
    static let refreshInterval = Duration.seconds(30 * 60)

    /// When the next lookup is due.
    private(set) var next: Instant
    /// When the next lookup is to be one for this node itself.
    private(set) var refresh: Instant
    private var pause = shortest
    private var lastEnd: Instant?

    init(now: Instant) {
        next = now
        refresh = now
    }

    /// Whether the lookup that begins now is to be a refresh; if so, the next refresh is planned.
    mutating func takeRefresh(now: Instant, random: inout NodeRandom) -> Bool {
        guard refresh <= now else { return false }
        let half = Duration.nanoseconds(Self.refreshInterval.nanoseconds / 2)
        refresh = now + half + random.duration(below: half)
        return true
    }

    /// Plans the next lookup. `foundNew`: nodes were verified for the first time since the one before.
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

    /// A node has been verified for the first time.
    mutating func discovered(liveCount: Int, now: Instant, random: inout NodeRandom) {
        guard liveCount < Self.sparseCount else { return }
        pause = Self.shortest
        next = min(next, now + jittered(&random))
    }

    /// The owner wants more nodes than it has.
    mutating func demanded(now: Instant) {
        next = min(next, max(now, lastEnd.map { $0 + Self.demandInterval } ?? now))
    }

    /// New contacts to start from have been given: a refresh is due at once.
    mutating func seeded() {
        next = Instant(nanoseconds: .min)
        refresh = next
    }

    /// The pause, a quarter more or less: so that nodes started together don't stay in step.
    private func jittered(_ random: inout NodeRandom) -> Duration {
        let quarter = Duration.nanoseconds(pause.nanoseconds / 4)
        return pause - quarter + random.duration(below: .nanoseconds(2 * quarter.nanoseconds))
    }
}
