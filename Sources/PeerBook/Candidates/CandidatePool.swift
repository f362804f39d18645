import NodeRecord
import Primitives
import SansIO

/// The nodes that may be dialed: those ready now, those to wait for, and those busy with a connection.
///
/// Bounded. A newcomer pushes out the worst of a few members drawn at random, one of a crowded range of addresses if there
/// is any: so a flood of candidates can't push out chosen ones, and one from few ranges pushes out itself. Dials are drawn
/// at random, so that who comes first in a flood doesn't matter either, and by range (`RangedSet`).
struct CandidatePool: Sendable {
    struct Candidate: Sendable {
        var contact: NodeContact
        var isStatic: Bool
        /// Whether it has brought blocks as a peer before.
        var isUseful: Bool
        /// Dialing or connected.
        var isBusy = false
    }

    private let capacity: Int
    private var candidates: [NodeID: Candidate] = [:]
    private var members = IndexedSet<NodeID>()
    private var readyStatic = IndexedSet<NodeID>()
    private var readyUseful = IndexedSet<NodeID>()
    private var ready = RangedSet()
    private var ranges = RangeCounter()
    private var delayed = DeadlineHeap<NodeID>()

    /// When the next delayed candidate becomes ready.
    private(set) var nextReady: Instant?

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { candidates.count }

    /// Useful nodes that may be dialed now.
    var readyUsefulCount: Int { readyUseful.count }

    subscript(_ id: NodeID) -> Candidate? { candidates[id] }

    /// Adds a node or updates its contact.
    ///
    /// - Parameter failures: how often a node has failed of late; the most often failed of the sample goes.
    /// - Returns: the node pushed out, if any.
    mutating func add(
        _ contact: NodeContact, isStatic: Bool, isUseful: Bool, readyAt: Instant?, random: inout NodeRandom,
        failures: (NodeID) -> Int
    ) -> NodeID? {
        let id = contact.id
        if var known = candidates[id] {
            ranges.remove(known.contact.ip)
            ranges.add(contact.ip)
            known.contact = contact
            known.isStatic = known.isStatic || isStatic
            known.isUseful = isUseful
            candidates[id] = known
            if !known.isBusy { schedule(id, at: readyAt ?? delayed[id]) }
            return nil
        }
        let victim = candidates.count >= capacity ? self.victim(random: &random, failures: failures) : nil
        if let victim { remove(victim) }
        candidates[id] = Candidate(contact: contact, isStatic: isStatic, isUseful: isUseful)
        members.insert(id)
        ranges.add(contact.ip)
        schedule(id, at: readyAt)
        return victim
    }

    mutating func remove(_ id: NodeID) {
        if let known = candidates.removeValue(forKey: id) { ranges.remove(known.contact.ip) }
        members.remove(id)
        unready(id)
        delay(id, until: nil)
    }

    /// The operator no longer asks for the node; it stays a candidate.
    mutating func clearStatic(_ id: NodeID) {
        guard candidates[id]?.isStatic == true else { return }
        candidates[id]?.isStatic = false
        if readyStatic.contains(id) { schedule(id, at: nil) }
    }

    /// The node has shown whether it is of use.
    mutating func setUseful(_ id: NodeID, _ isUseful: Bool) {
        guard candidates[id].map({ $0.isUseful != isUseful }) ?? false else { return }
        candidates[id]?.isUseful = isUseful
        if isReady(id) { schedule(id, at: nil) }
    }

    /// The node is being dialed, or connected.
    mutating func setBusy(_ id: NodeID) {
        guard candidates[id] != nil else { return }
        candidates[id]?.isBusy = true
        unready(id)
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
    func isReady(_ id: NodeID) -> Bool { ready.contains(id) || readyUseful.contains(id) }

    /// A ready static node, drawn at random.
    func drawStatic(random: inout NodeRandom) -> NodeID? { readyStatic.randomElement(using: &random) }

    /// A ready node that has been useful, drawn at random.
    func drawUseful(random: inout NodeRandom) -> NodeID? { readyUseful.randomElement(using: &random) }

    /// Any other ready node, drawn at random, its range of addresses first.
    func draw(random: inout NodeRandom) -> NodeID? { ready.randomElement(using: &random) }

    private mutating func schedule(_ id: NodeID, at moment: Instant?) {
        unready(id)
        delay(id, until: moment)
        guard moment == nil, let candidate = candidates[id] else { return }
        if candidate.isStatic {
            readyStatic.insert(id)
        } else if candidate.isUseful {
            readyUseful.insert(id)
        } else {
            ready.insert(id, at: candidate.contact.ip)
        }
    }

    private mutating func unready(_ id: NodeID) {
        ready.remove(id)
        readyUseful.remove(id)
        readyStatic.remove(id)
    }

    private mutating func delay(_ id: NodeID, until moment: Instant?) {
        delayed.set(id, to: moment)
        nextReady = delayed.next
    }

    /// Of eight members drawn at random one of the most crowded range, by powers of two; of these the one with most
    /// failures. Never a busy, a static or a useful one. Nil where all are.
    private func victim(random: inout NodeRandom, failures: (NodeID) -> Int) -> NodeID? {
        var worst: (id: NodeID, crowd: Int, failures: Int)?
        for _ in 0..<8 {
            guard let id = members.randomElement(using: &random), let candidate = candidates[id],
                !candidate.isBusy, !candidate.isStatic, !candidate.isUseful
            else { continue }
            let count = ranges.count(of: candidate.contact.ip)
            let crowd = Int.bitWidth - count.leadingZeroBitCount
            let failed = failures(id)
            if worst.map({ (crowd, failed) > ($0.crowd, $0.failures) }) ?? true { worst = (id, crowd, failed) }
        }
        return worst?.id
    }
}
