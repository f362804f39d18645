public import DevP2P
public import SansIO

/// Spreads messages of topics over a mesh: each node passes a message on to some neighbours in full, tells some others
/// that there is one, and gives it to those who ask (gossipsub v1.0 to v1.2, gossip.md section 4; own wire format).
///
///     peers of a topic   -> graft, prune              -> the topic's mesh, filled and cut at each heartbeat
///     a message comes    -> received: new             -> its owner validates it -> validated -> the mesh
///     it is accepted     -> announced at heartbeats   -> peers outside the mesh -> want -> the message
///     a peer is useless  -> its score falls           -> out of the mesh
///
/// It knows ids and sizes of messages, not their content; topics are small numbers that its owner chooses, peers are
/// connections. Every call appends actions, which `takeActions` hands over. Everything it keeps is bounded by
/// `TopicLimits`, and the same calls with the same randomness lead to the same actions.
public struct TopicMesh: Sendable {
    /// Maximum number of peers that take part.
    public static let maxPeers = PeerSet.capacity

    public let limits: TopicLimits

    /// What is to be done since the last `takeActions`.
    public internal(set) var actions: [TopicAction] = []

    /// By number; nil for one that this node doesn't have.
    var topics: [MeshTopic?] = []
    /// By slot. Slots of peers that have left are used again.
    var peers: [MeshPeer] = []
    var slots: [ConnectionID: Int] = [:]
    var cache = MeshCache()
    var seen: RecentSet<TopicMessageID>
    var wanted: [TopicMessageID: WantedMessage] = [:]
    var wantedDeadlines = DeadlineHeap<TopicMessageID>()
    /// Peers that have refused messages that aren't here yet: of this generation of heartbeats, and of the one before.
    var refusals: [TopicMessageID: PeerSet] = [:]
    var oldRefusals: [TopicMessageID: PeerSet] = [:]
    var retained: RetainedPeers
    /// Messages to be announced at once; see `hurry`.
    var urgent: [TopicMessageID] = []
    /// Heartbeats so far.
    var beat: UInt32 = 0
    var nextBeat: Instant?
    /// Whether the next heartbeat would find nothing to do: no topic is open, and nothing that it counts down is above zero.
    var isAtRest = true

    public init(limits: TopicLimits = TopicLimits()) {
        self.limits = limits
        seen = RecentSet(capacity: max(1, limits.maxSeen), lifetime: limits.seenLifetime)
        retained = RetainedPeers(capacity: limits.maxRetained)
    }

    /// What is to be done since the last call, in order.
    public mutating func takeActions() -> [TopicAction] {
        defer { actions = [] }
        return actions
    }

    /// When `deadlineReached` is wanted next: a heartbeat, as long as there is a topic and a peer or a message, or a response
    /// that is due.
    public var deadline: Instant? {
        mutating get {
            let beat = isAtRest || slots.isEmpty && cache.count == 0 ? nil : nextBeat
            let urgent = urgent.first.flatMap { cache[$0]?.arrived }
            return [beat, wantedDeadlines.next, urgent].compactMap { $0 }.min()
        }
    }

    // MARK: Topics

    /// Opens a topic under a number below `Topic.maxCount`. Peers that have it are told of by `peerSubscribed`.
    public mutating func join(_ topic: Int) {
        precondition(topic >= 0 && topic < Topic.maxCount, "topics have small numbers")
        while topics.count <= topic { topics.append(nil) }
        if topics[topic] == nil { topics[topic] = MeshTopic() }
        isAtRest = false
    }

    /// Closes a topic: the mesh is told, messages under way are dropped.
    public mutating func leave(_ topic: Int, now: Instant) {
        guard topics.indices.contains(topic), let gone = topics[topic] else { return }
        for slot in gone.mesh { prune(slot, from: topic, backoff: limits.leaveBackoff, now: now) }
        topics[topic] = nil
        cache.removeAll(of: topic)
    }

    /// Whether this node has the topic of that number.
    public func isJoined(_ topic: Int) -> Bool { topics.indices.contains(topic) && topics[topic] != nil }

    /// The neighbours in a topic's mesh, in the order of their slots.
    public func neighbours(in topic: Int) -> [ConnectionID] {
        guard isJoined(topic) else { return [] }
        return topics[topic]?.mesh.compactMap { peers[$0].connection } ?? []
    }

    // MARK: Peers

    /// A peer is connected.
    ///
    /// - Parameters:
    ///   - identity: stays the same when the node comes back: a part of its id.
    ///   - isOutbound: whether this node has dialed it, so that its address is known and it was this node's choice.
    /// - Returns: false where there are `maxPeers` already: then it takes no part.
    @discardableResult
    public mutating func peerJoined(
        _ peer: ConnectionID, identity: UInt64, isOutbound: Bool, now: Instant, random: inout NodeRandom
    ) -> Bool {
        guard slots[peer] == nil else { return true }
        let slot = peers.firstIndex { $0.connection == nil } ?? peers.count
        if slot == peers.count {
            guard slot < PeerSet.capacity else { return false }
            peers.append(MeshPeer())
        }
        let past = retained.take(identity, now: now)
        peers[slot] = MeshPeer(connection: peer, identity: identity, isOutbound: isOutbound)
        peers[slot].penalty = past?.penalty ?? 0
        if past != nil { isAtRest = false }
        for topic in topics.indices where topics[topic] != nil {
            topics[topic]?.change(slot) {
                $0 = TopicStanding()
                $0.backoffUntil = past?.backoffUntil
                // The prune may have been lost with the connection.
                if past?.backoffUntil != nil { $0.prunedAt = now }
                $0.invalid = past?.invalid ?? 0
            }
        }
        slots[peer] = slot
        // Not all nodes of a network that starts have their heartbeats at the same moment.
        if nextBeat == nil { nextBeat = now + limits.heartbeat / 2 + random.duration(below: limits.heartbeat / 2) }
        return true
    }

    /// The peer is gone: whatever it was asked for is due from others, and meshes fill up at the next heartbeat.
    public mutating func peerLeft(_ peer: ConnectionID, now: Instant) {
        guard let slot = slots.removeValue(forKey: peer) else { return }
        retained.insert(past(of: slot, now: now), for: peers[slot].identity, now: now, limits: limits)
        peers[slot] = MeshPeer()
        for topic in topics.indices {
            topics[topic]?.subscribers.remove(slot)
            topics[topic]?.mesh.remove(slot)
            if topics[topic]?.standings.indices.contains(slot) == true {
                topics[topic]?.standings[slot] = TopicStanding()
            }
        }
        cache.removePeer(slot)
        for key in refusals.keys { refusals[key]?.remove(slot) }
        for key in oldRefusals.keys { oldRefusals[key]?.remove(slot) }
        dropPromises(of: slot, now: now)
    }

    /// Whether a peer takes part.
    public func knows(_ peer: ConnectionID) -> Bool { slots[peer] != nil }

    /// A peer has a topic that this node has too. It is grafted at once while the mesh has room.
    public mutating func peerSubscribed(_ peer: ConnectionID, to topic: Int, now: Instant) {
        guard let slot = slots[peer], isJoined(topic), topics[topic]?.subscribers.contains(slot) == false else {
            return
        }
        topics[topic]?.subscribers.insert(slot)
        guard let mesh = topics[topic]?.mesh, mesh.count < limits.degree else { return }
        if mayGraft(slot, in: topic, now: now) { graft(slot, in: topic, now: now) }
    }

    public mutating func peerUnsubscribed(_ peer: ConnectionID, from topic: Int) {
        guard let slot = slots[peer], isJoined(topic) else { return }
        topics[topic]?.subscribers.remove(slot)
        topics[topic]?.mesh.remove(slot)
    }

    /// Notes an offence, which the owner reports.
    mutating func offend(_ slot: Int, _ offence: Offence, penalty: Double = 0) {
        peers[slot].penalty += penalty
        isAtRest = false
        if let connection = peers[slot].connection { actions.append(.offence(offence, connection)) }
    }

    func connections(_ set: PeerSet) -> [ConnectionID] { set.compactMap { peers[$0].connection } }
}
