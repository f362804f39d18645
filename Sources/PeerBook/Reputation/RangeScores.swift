import Primitives
import SansIO

/// What the nodes of a range of addresses have done together: a bounded sum that decays as the scores of nodes do.
///
/// It costs new nodes of the range slots, since identities are free and addresses are not. It never touches a connected
/// peer. Local networks have none. Bounded: the lightest of a few goes first.
struct RangeScores: Sendable {
    struct Entry: Hashable, Sendable {
        /// When the score reaches zero.
        var clearAt: Instant
        /// Whether the score has reached the closing threshold, and hadn't fallen to the way back when it was added to.
        var reachedClose = false
    }

    private let capacity: Int
    private(set) var entries: [Subnet: Entry] = [:]
    private var order: [Subnet] = []

    init(capacity: Int) { self.capacity = max(1, capacity) }

    func score(of ip: IPAddress, _ table: ReputationTable, now: Instant) -> Int {
        score(entries[Subnet(ip)], table, now: now)
    }

    /// Whether new nodes of the range get no slot: from the threshold on, until the score is clearly below it.
    func isClosed(_ ip: IPAddress, _ table: ReputationTable, now: Instant) -> Bool {
        guard let entry = entries[Subnet(ip)] else { return false }
        return isClosed(entry, table, now: now)
    }

    /// How many nodes of the range may be connected, of `slots`, for a new one to be let in.
    func slots(of slots: Int, for ip: IPAddress, _ table: ReputationTable, now: Instant) -> Int {
        guard let entry = entries[Subnet(ip)] else { return slots }
        if isClosed(entry, table, now: now) { return 0 }
        let over = score(entry, table, now: now) - table[.rangeTightenAt]
        guard over > 0 else { return slots }
        let span = table[.rangeCloseAt] - table[.rangeTightenAt]
        return max(1, slots * (span - min(span, over)) / span)
    }

    /// Adds points; whether that has closed the range.
    mutating func charge(_ points: Int, to ip: IPAddress, _ table: ReputationTable, now: Instant) -> Bool {
        let part = points * table[.rangePercent] / 100
        guard part > 0, !ip.isLAN else { return false }
        let range = Subnet(ip)
        var entry = entries[range] ?? Entry(clearAt: now)
        let wasClosed = isClosed(entry, table, now: now)
        let longest = now + table.point * table[.rangeMaximum]
        entry.clearAt = min(max(entry.clearAt, now) + table.point * part, longest)
        entry.reachedClose = wasClosed || score(entry, table, now: now) >= table[.rangeCloseAt]
        store(entry, for: range, table, now: now)
        return entry.reachedClose && !wasClosed
    }

    /// What an earlier run has kept.
    mutating func restore(_ entry: Entry, of range: Subnet, _ table: ReputationTable, now: Instant) {
        guard entries[range] == nil, entries.count < capacity else { return }
        store(entry, for: range, table, now: now)
    }

    private func score(_ entry: Entry?, _ table: ReputationTable, now: Instant) -> Int {
        guard let entry else { return 0 }
        return Int(max(0, (entry.clearAt - now).nanoseconds) / table.point.nanoseconds)
    }

    private func isClosed(_ entry: Entry, _ table: ReputationTable, now: Instant) -> Bool {
        entry.reachedClose && score(entry, table, now: now) > table[.rangeReopenAt]
    }

    private mutating func store(_ entry: Entry, for range: Subnet, _ table: ReputationTable, now: Instant) {
        if entries.updateValue(entry, forKey: range) == nil { order.append(range) }
        guard entries.count > capacity else { return }
        let sample = order.prefix(16).indices.filter { order[$0] != range }
        let lightest = sample.min {
            score(entries[order[$0]], table, now: now) < score(entries[order[$1]], table, now: now)
        }
        entries[order.remove(at: lightest ?? order.startIndex)] = nil
    }
}
