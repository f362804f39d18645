import NodeRecord
import Primitives
import SansIO

/// The nodes that may be dialed: those ready now, those to wait for, and those busy with a connection.
///
/// Bounded. A newcomer pushes out the worst of a few members drawn at random, one of a crowded range of addresses if there
/// is any: so a flood of candidates can't push out chosen ones, and one from few ranges pushes out itself. One that is only
/// hearsay pushes out hearsay, of which there is a share for each peer. Dials are drawn at random, so that who comes first in
/// a flood doesn't matter either, and by range (`RangedSet`).
///
/// The address of a known node changes by what is worth more than what it rests on (`AddressProof`), or by a newer record
/// of the node that names the address at which it has answered. That of a static node is the operator's.
struct CandidatePool: Sendable {
    struct Candidate: Sendable {
        var contact: NodeContact
        var proof: AddressProof
        /// Who has named it, as long as that is all that is known.
        var namedBy: NodeID?
        /// What the node was known by first, for people.
        let origin: PeerSource.Kind
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
    private var hearsay: HearsayShares

    /// When the next delayed candidate becomes ready.
    private(set) var nextReady: Instant?

    init(capacity: Int, hearsayPerPeer: Int = .max) {
        self.capacity = max(1, capacity)
        hearsay = HearsayShares(perPeer: hearsayPerPeer, capacity: max(1, capacity) / 4)
    }

    var count: Int { candidates.count }

    /// What each node was known by first; a node that the operator has named counts as his.
    func origin(of id: NodeID) -> PeerSource.Kind? {
        candidates[id].map { $0.isStatic ? .operator : $0.origin }
    }

    /// The number of nodes of each origin.
    var counts: [PeerSource.Kind: Int] {
        candidates.values.reduce(into: [:]) { $0[$1.isStatic ? .operator : $1.origin, default: 0] += 1 }
    }

    /// Nodes that may be dialed now.
    var readyCount: Int { ready.count + readyUseful.count }

    /// Useful nodes that may be dialed now.
    var readyUsefulCount: Int { readyUseful.count }

    subscript(_ id: NodeID) -> Candidate? { candidates[id] }

    /// Adds a node, or takes over what is new of a known one.
    ///
    /// - Parameters:
    ///   - readyAt: when it may be dialed at the address; nil for at once.
    ///   - failures: how often a node has failed of late; the most often failed of the sample goes.
    /// - Returns: whether it is a candidate now, and the node pushed out, if any.
    mutating func add(
        _ contact: NodeContact, from source: ContactSource, isUseful: Bool, readyAt: Instant?,
        random: inout NodeRandom,
        failures: (NodeID) -> Int
    ) -> (isTaken: Bool, dropped: NodeID?) {
        let id = contact.id
        guard candidates[id] == nil else {
            update(with: contact, from: source, readyAt: readyAt)
            return (true, nil)
        }
        var victim: NodeID?
        var namedBy: NodeID?
        if case .hearsay(let peer) = source {
            namedBy = peer
            switch hearsay.room(for: peer) {
            case .none: return (false, nil)
            case .instead(let oldest): victim = oldest
            case .free: break
            }
        }
        if victim == nil, candidates.count >= capacity {
            victim = self.victim(for: AddressProof(source), random: &random, failures: failures)
            if victim == nil, namedBy != nil { return (false, nil) }
        }
        if let victim { remove(victim) }
        candidates[id] = Candidate(
            contact: contact, proof: AddressProof(source), namedBy: namedBy, origin: PeerSource.Kind(source),
            isStatic: source == .operator,
            isUseful: isUseful)
        if let namedBy { hearsay.insert(id, by: namedBy) }
        members.insert(id)
        ranges.add(contact.ip)
        schedule(id, at: readyAt)
        return (true, victim)
    }

    private mutating func update(with contact: NodeContact, from source: ContactSource, readyAt: Instant?) {
        let id = contact.id
        guard AddressProof(source) > .hearsay, var known = candidates[id] else { return }
        let isNewer = contact.seq > known.contact.seq
        if isNewer { known.contact.record = contact.record }
        let isStronger = AddressProof(source) >= known.proof || isNewer && contact.isAtAddressOfRecord
        let hasMoved: Bool
        if source == .operator || isStronger && !known.isStatic {
            hasMoved = contact.tcpEndpoint != known.contact.tcpEndpoint
            ranges.remove(known.contact.ip)
            ranges.add(contact.ip)
            (known.contact.ip, known.contact.udpPort, known.contact.tcpPort) = (
                contact.ip, contact.udpPort, contact.tcpPort
            )
            known.proof = hasMoved ? AddressProof(source) : max(known.proof, AddressProof(source))
            forgetTeller(of: id)
            known.namedBy = nil
        } else {
            hasMoved = false
        }
        known.isStatic = known.isStatic || source == .operator
        candidates[id] = known
        guard !known.isBusy else { return }
        // What holds a node up at one address doesn't at another.
        schedule(id, at: hasMoved || source == .operator ? readyAt : readyAt ?? delayed[id])
    }

    /// A dial has reached the node at the endpoint.
    mutating func reached(_ id: NodeID, at endpoint: Endpoint) {
        guard candidates[id]?.contact.tcpEndpoint == endpoint else { return }
        candidates[id]?.proof = .reached
        forgetTeller(of: id)
        candidates[id]?.namedBy = nil
    }

    /// A dial hasn't found the node at the endpoint: proof of it counts no more than an answer.
    ///
    /// - Returns: whether nothing but hearsay says that it is there.
    mutating func missed(_ id: NodeID, at endpoint: Endpoint) -> Bool {
        guard let candidate = candidates[id], candidate.contact.tcpEndpoint == endpoint else { return false }
        candidates[id]?.proof = min(candidate.proof, .answered)
        return candidate.proof == .hearsay && !candidate.isStatic
    }

    private mutating func forgetTeller(of id: NodeID) {
        if let peer = candidates[id]?.namedBy { hearsay.remove(id, by: peer) }
    }

    mutating func remove(_ id: NodeID) {
        forgetTeller(of: id)
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

    /// Of eight members drawn at random one with the weakest proof, of these one of the most crowded range (by powers of two),
    /// of these the one with most failures; never a busy, a static or a useful one, and for hearsay only hearsay. Nil where
    /// there is none.
    private func victim(
        for proof: AddressProof, random: inout NodeRandom, failures: (NodeID) -> Int
    ) -> NodeID? {
        var worst: (id: NodeID, proof: AddressProof, crowd: Int, failures: Int)?
        for _ in 0..<8 {
            guard let id = members.randomElement(using: &random), let candidate = candidates[id],
                !candidate.isBusy, !candidate.isStatic, !candidate.isUseful,
                proof > .hearsay || candidate.proof == .hearsay
            else { continue }
            let crowd = Int.bitWidth - ranges.count(of: candidate.contact.ip).leadingZeroBitCount
            let failed = failures(id)
            let isWorse = worst.map { (candidate.proof, $0.crowd, $0.failures) < ($0.proof, crowd, failed) } ?? true
            if isWorse { worst = (id, candidate.proof, crowd, failed) }
        }
        return worst?.id
    }
}

extension NodeContact {
    /// Whether the node's own record names the address, too.
    fileprivate var isAtAddressOfRecord: Bool {
        guard let record else { return false }
        return ip.isV4
            ? record.ip == ip && record.tcp == tcpPort : record.ip6 == ip && (record.tcp6 ?? record.tcp) == tcpPort
    }
}
