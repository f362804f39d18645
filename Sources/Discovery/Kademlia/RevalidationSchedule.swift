import Primitives
import SansIO

/// The schedule of liveness checks: a list of unverified nodes, checked often, and a list of verified ones.
///
/// Each list has one time for its next check, of a random member, so that the time at which a given node is checked
/// can't be predicted (go-ethereum's `table_reval.go`).
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
            // Members are picked randomly, so their order doesn't matter.
            guard let index = ids.firstIndex(of: id) else { return }
            ids.swapAt(index, ids.count - 1)
            ids.removeLast()
            if ids.isEmpty { next = nil }
        }
    }

    private var fast = Members(interval: fastInterval)
    private var slow = Members(interval: slowInterval)

    /// The time of the next check; nil while both lists are empty.
    var deadline: Instant? {
        guard let fast = fast.next else { return slow.next }
        return slow.next.map { min($0, fast) } ?? fast
    }

    /// Moves a node to a list. Complexity: O(members).
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

    /// A random member of a list that is due, whose next check is then scheduled; nil if no list is due.
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
