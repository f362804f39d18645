import NodeRecord
import Primitives
import SansIO

/// The nodes that may be dialed: those ready now, those to wait for, and those busy with a connection.
///
/// Bounded. A newcomer pushes out the worst of a few members drawn at random, so that a flood of candidates can't
/// push out chosen ones. Dials are drawn at random, so that who comes first in a flood doesn't matter either.
struct CandidatePool: Sendable {
    struct Candidate: Sendable {
        var contact: NodeContact
        var isStatic: Bool
        /// Dialing or connected.
        var isBusy = false
    }

    private let capacity: Int
    private var candidates: [NodeID: Candidate] = [:]
    private var members = IndexedSet<NodeID>()
    private var readyStatic = IndexedSet<NodeID>()
    private var ready = IndexedSet<NodeID>()
    private var delayed = DeadlineHeap<NodeID>()

    /// When the next delayed candidate becomes ready.
    private(set) var nextReady: Instant?

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { candidates.count }

    subscript(_ id: NodeID) -> Candidate? { candidates[id] }

    /// Adds a node or updates its contact.
    ///
    /// - Parameter failures: how often a node has failed of late; the most often failed of the sample goes.
    /// - Returns: the node pushed out, if any.
    mutating func add(
        _ contact: NodeContact, isStatic: Bool, readyAt: Instant?, random: inout NodeRandom,
        failures: (NodeID) -> Int
    ) -> NodeID? {
        let id = contact.id
        if var known = candidates[id] {
            known.contact = contact
            known.isStatic = known.isStatic || isStatic
            candidates[id] = known
            if !known.isBusy { schedule(id, at: readyAt ?? delayed[id]) }
            return nil
        }
        let victim = candidates.count >= capacity ? self.victim(random: &random, failures: failures) : nil
        if let victim { remove(victim) }
        candidates[id] = Candidate(contact: contact, isStatic: isStatic)
        members.insert(id)
        schedule(id, at: readyAt)
        return victim
    }

    mutating func remove(_ id: NodeID) {
        candidates[id] = nil
        members.remove(id)
        ready.remove(id)
        readyStatic.remove(id)
        delay(id, until: nil)
    }

    /// The operator no longer asks for the node; it stays a candidate.
    mutating func clearStatic(_ id: NodeID) {
        guard candidates[id]?.isStatic == true else { return }
        candidates[id]?.isStatic = false
        if readyStatic.remove(id) { ready.insert(id) }
    }

    /// The node is being dialed, or connected.
    mutating func setBusy(_ id: NodeID) {
        guard candidates[id] != nil else { return }
        candidates[id]?.isBusy = true
        ready.remove(id)
        readyStatic.remove(id)
        delay(id, until: nil)
    }

    /// The node may be dialed again, at once or at a later moment.
    mutating func release(_ id: NodeID, at moment: Instant?) {
        guard candidates[id] != nil else { return }
        candidates[id]?.isBusy = false
        schedule(id, at: moment)
    }

    /// Makes those ready whose time has come.
    mutating func wake(now: Instant) {
        while let id = delayed.popDue(now) { schedule(id, at: nil) }
        nextReady = delayed.next
    }

    /// Whether a node that isn't static may be dialed now.
    func isReady(_ id: NodeID) -> Bool { ready.contains(id) }

    /// A ready static node, drawn at random.
    func drawStatic(random: inout NodeRandom) -> NodeID? { readyStatic.randomElement(using: &random) }

    /// Any other ready node, drawn at random.
    func draw(random: inout NodeRandom) -> NodeID? { ready.randomElement(using: &random) }

    private mutating func schedule(_ id: NodeID, at moment: Instant?) {
        ready.remove(id)
        readyStatic.remove(id)
        delay(id, until: moment)
        guard moment == nil else { return }
        if candidates[id]?.isStatic == true { readyStatic.insert(id) } else { ready.insert(id) }
    }

    private mutating func delay(_ id: NodeID, until moment: Instant?) {
        delayed.set(id, to: moment)
        nextReady = delayed.next
    }

    /// Of eight members drawn at random the one with most failures; never a busy or a static one. Nil where all are.
    private func victim(random: inout NodeRandom, failures: (NodeID) -> Int) -> NodeID? {
        var worst: (id: NodeID, failures: Int)?
        for _ in 0..<8 {
            guard let id = members.randomElement(using: &random), let candidate = candidates[id],
                !candidate.isBusy, !candidate.isStatic
            else { continue }
            let count = failures(id)
            if worst.map({ count > $0.failures }) ?? true { worst = (id, count) }
        }
        return worst?.id
    }
}
