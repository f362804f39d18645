import DevP2P
import SansIO

/// What is held against one node.
///
/// The score is a length of time, a point being `ReputationSetting.pointSeconds`: it decays by itself, the marks one
/// after the other, the one that was added to longest ago first.
struct Standing: Hashable, Sendable {
    /// All offences of a kind that still count.
    struct Mark: Hashable, Sendable {
        let offence: Offence
        var count: Int
        var last: Instant
        /// The points that were added, and what was left of them at `asOf`, in nanoseconds.
        var points: Int
        var left: Int64
    }

    struct Ban: Hashable, Sendable {
        var until: Instant
        /// The offence that brought it.
        var offence: Offence
    }

    /// At `asOf`, the one that was added to longest ago first.
    var marks: [Mark] = []
    var asOf: Instant
    /// Whether the score has reached the threshold, and hasn't fallen to the way back when something was added last.
    var reachedIgnore = false
    var reachedDisconnect = false
    var ban: Ban?
    /// How often it was banned: each time for longer.
    var bans = 0

    init(asOf: Instant) { self.asOf = asOf }

    func score(_ table: ReputationTable, now: Instant) -> Int {
        let left = marks.reduce(0) { $0 + $1.left }
        return Int(max(0, left - elapsed(now)) / table.point.nanoseconds)
    }

    /// The marks of which something is left.
    func marks(now: Instant) -> [Mark] {
        var paid = elapsed(now)
        return marks.compactMap { mark in
            var mark = mark
            let part = min(paid, mark.left)
            paid -= part
            mark.left -= part
            return mark.left > 0 ? mark : nil
        }
    }

    /// Whether the node's gossip is not to be taken: from the threshold on, until the score is clearly below it.
    func isIgnored(_ table: ReputationTable, now: Instant) -> Bool {
        reachedIgnore && score(table, now: now) > table[.serveAgainAt]
    }

    /// Whether the node was disconnected for its score and hasn't come down far enough.
    func isExcluded(_ table: ReputationTable, now: Instant) -> Bool {
        reachedDisconnect && score(table, now: now) > table[.readmitAt]
    }

    func isBanned(now: Instant) -> Bool { ban.map { $0.until > now } ?? false }

    /// Nothing is held against the node any more.
    func isForgotten(_ table: ReputationTable, now: Instant) -> Bool {
        guard score(table, now: now) == 0, !isBanned(now: now) else { return false }
        return ban.map { now - $0.until > .seconds(7 * table[.longestBanSeconds]) } ?? true
    }

    mutating func charge(_ points: Int, for offence: Offence, _ table: ReputationTable, now: Instant) {
        let (ignored, excluded) = (isIgnored(table, now: now), isExcluded(table, now: now))
        marks = marks(now: now)
        asOf = now
        var mark = Mark(offence: offence, count: 0, last: now, points: 0, left: 0)
        if let place = marks.firstIndex(where: { $0.offence == offence }) { mark = marks.remove(at: place) }
        let point = table.point.nanoseconds
        let room = point * Int64(table[.maximum]) - marks.reduce(mark.left) { $0 + $1.left }
        mark.left += min(point * Int64(points), max(0, room))
        mark.points += min(points, 1 << 30 - mark.points)
        mark.count += 1
        mark.last = now
        marks.append(mark)
        let score = score(table, now: now)
        reachedIgnore = ignored || score >= table[.ignoreAt]
        reachedDisconnect = excluded
    }

    /// The rule of judgement that has contributed most, where facts alone wouldn't bring the node to a threshold.
    func doubtfulRule(_ threshold: ReputationSetting, _ table: ReputationTable, now: Instant) -> Offence? {
        let marks = marks(now: now)
        let facts = marks.filter { !table[$0.offence].isSubjective }.reduce(0) { $0 + $1.left }
        guard facts < Int64(table[threshold]) * table.point.nanoseconds else { return nil }
        let largest = marks.filter { table[$0.offence].isSubjective }.map(\.left).max()
        return marks.first { $0.left == largest && table[$0.offence].isSubjective }?.offence
    }

    mutating func ban(for offence: Offence, _ table: ReputationTable, now: Instant) {
        ban = Ban(until: now + table.ban(number: bans), offence: offence)
        bans += 1
        // What the ban is for is paid with it.
        clear(now: now)
    }

    mutating func clear(now: Instant) {
        marks = []
        asOf = now
        (reachedIgnore, reachedDisconnect) = (false, false)
    }

    private func elapsed(_ now: Instant) -> Int64 { max(0, (now - asOf).nanoseconds) }
}
