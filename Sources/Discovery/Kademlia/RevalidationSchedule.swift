import Primitives
import SansIO

/// Who is to be checked next: a list of nodes not yet verified, checked often, and a list of verified ones.
///
/// Each list has one time for its next check, and the member checked is a random one, so that nobody can tell when
/// a given node is asked (go-ethereum's `table_reval.go`).
struct RevalidationSchedule: Sendable {
    enum List: Sendable { case fast, slow }

    static let fastInterval = Duration.seconds(3)
    static let slowInterval = Duration.seconds(9)

    private struct Members: Sendable {
        let interval: Duration
        var ids: [NodeID] = []
        /// Nil while the list is empty.
        var next: Instant?

        mutating func reschedule(now: Instant, random: inout NodeRandom) {
            next = ids.isEmpty ? nil : now + random.duration(below: interval)
        }

        mutating func remove(_ id: NodeID) {
            // The order doesn't matter where members are drawn at random, so the last one fills the gap.
            guard let index = ids.firstIndex(of: id) else { return }
            ids.swapAt(index, ids.count - 1)
            ids.removeLast()
            if ids.isEmpty { next = nil }
        }
    }

    private var fast = Members(interval: fastInterval)
    private var slow = Members(interval: slowInterval)

    /// When the next check is due; nil where there is nobody.
    var deadline: Instant? {
        guard let fast = fast.next else { return slow.next }
        return slow.next.map { min($0, fast) } ?? fast
    }

    /// Puts a node into a list, out of the other one. Complexity: O(members).
    mutating func put(_ id: NodeID, in list: List, now: Instant, random: inout NodeRandom) {
        switch list {
        case .fast:
            slow.remove(id)
            Self.insert(id, in: &fast, now: now, random: &random)
        case .slow:
            fast.remove(id)
            Self.insert(id, in: &slow, now: now, random: &random)
        }
    }

    private static func insert(_ id: NodeID, in members: inout Members, now: Instant, random: inout NodeRandom) {
        guard !members.ids.contains(id) else { return }
        members.ids.append(id)
        if members.next == nil { members.reschedule(now: now, random: &random) }
    }

    mutating func remove(_ id: NodeID) {
        fast.remove(id)
        slow.remove(id)
    }

    /// A random member of a list that is due, whose next time is then set; nil where no list is due.
    mutating func pop(now: Instant, random: inout NodeRandom) -> NodeID? {
        if let next = fast.next, next <= now {
            defer { fast.reschedule(now: now, random: &random) }
            return fast.ids.randomElement(using: &random)
        }
        if let next = slow.next, next <= now {
            defer { slow.reschedule(now: now, random: &random) }
            return slow.ids.randomElement(using: &random)
        }
        return nil
    }
}
