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
/// It knows names and sizes of messages, not their content; topics are small numbers that its owner chooses, peers are
/// connections. Every call appends actions, which `takeActions` hands over. Everything it keeps is bounded by
/// `TopicLimits`, and the same calls with the same randomness lead to the same actions.
public struct TopicMesh: Sendable {
    public let limits: TopicLimits

    /// What is to be done since the last `takeActions`.
    public internal(set) var actions: [TopicAction] = []

    /// By number; nil for one that this node doesn't have.
    var topics: [MeshTopic?] = []
    /// By place. Places of peers that have left are used again.
    var peers: [MeshPeer] = []
    var places: [ConnectionID: Int] = [:]
    var cache = MeshCache()
    var seen: RecentSet<TopicMessageID>
    var wanted: [TopicMessageID: WantedMessage] = [:]
    var wantedDeadlines = DeadlineHeap<TopicMessageID>()
    /// Who has refused messages that aren't here yet: of this generation of heartbeats, and of the one before.
    var refusals: [TopicMessageID: PeerSet] = [:]
    var oldRefusals: [TopicMessageID: PeerSet] = [:]
    var retained: RetainedPeers
    /// Messages to be announced at once; see `hurry`.
    var urgent: [TopicMessageID] = []
    /// Heartbeats so far.
    var beat: UInt32 = 0
    var nextBeat: Instant?

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

    /// When `deadlineReached` is wanted next: a heartbeat, as long as there is a peer or a message, or an answer that is
    /// due.
    public var deadline: Instant? {
        mutating get {
            let beat = places.isEmpty && cache.count == 0 ? nil : nextBeat
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
    }

    /// Closes a topic: the mesh is told, messages under way are dropped.
    public mutating func leave(_ topic: Int, now: Instant) {
        guard topics.indices.contains(topic), let gone = topics[topic] else { return }
        for place in gone.mesh { prune(place, from: topic, backoff: limits.leaveBackoff, now: now) }
        topics[topic] = nil
        cache.removeAll(of: topic)
    }

    /// Whether this node has the topic of that number.
    public func isJoined(_ topic: Int) -> Bool { topics.indices.contains(topic) && topics[topic] != nil }

    /// The neighbours in a topic's mesh, in the order of their places.
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
    /// - Returns: false where there are more than 512 already: then it takes no part.
    @discardableResult
    public mutating func peerJoined(
        _ peer: ConnectionID, identity: UInt64, isOutbound: Bool, now: Instant, random: inout NodeRandom
    ) -> Bool {
        guard places[peer] == nil else { return true }
        let place = peers.firstIndex { $0.connection == nil } ?? peers.count
        if place == peers.count {
            guard place < PeerSet.capacity else { return false }
            peers.append(MeshPeer())
        }
        let past = retained.take(identity, now: now)
        peers[place] = MeshPeer(connection: peer, identity: identity, isOutbound: isOutbound)
        peers[place].penalty = past?.penalty ?? 0
        for topic in topics.indices where topics[topic] != nil {
            topics[topic]?.change(place) {
                $0 = TopicStanding()
                $0.backoffUntil = past?.backoffUntil
                // The prune may have been lost with the connection.
                if past?.backoffUntil != nil { $0.prunedAt = now }
                $0.invalid = past?.invalid ?? 0
            }
        }
        places[peer] = place
        // Not all nodes of a network that starts have their heartbeats at the same moment.
        if nextBeat == nil { nextBeat = now + limits.heartbeat / 2 + random.duration(below: limits.heartbeat / 2) }
        return true
    }

    /// The peer is gone: whatever it was asked for is due from others, and meshes fill up at the next heartbeat.
    public mutating func peerLeft(_ peer: ConnectionID, now: Instant) {
        guard let place = places.removeValue(forKey: peer) else { return }
        retained.insert(past(of: place, now: now), for: peers[place].identity, now: now, limits: limits)
        peers[place] = MeshPeer()
        for topic in topics.indices {
            topics[topic]?.subscribers.remove(place)
            topics[topic]?.mesh.remove(place)
            if topics[topic]?.standings.indices.contains(place) == true {
                topics[topic]?.standings[place] = TopicStanding()
            }
        }
        cache.removePeer(place)
        for key in refusals.keys { refusals[key]?.remove(place) }
        for key in oldRefusals.keys { oldRefusals[key]?.remove(place) }
        dropPromises(of: place, now: now)
    }

    /// Whether a peer takes part.
    public func knows(_ peer: ConnectionID) -> Bool { places[peer] != nil }

    /// A peer has a topic that this node has too. It is grafted at once while the mesh has room.
    public mutating func peerSubscribed(_ peer: ConnectionID, to topic: Int, now: Instant) {
        guard let place = places[peer], isJoined(topic), topics[topic]?.subscribers.contains(place) == false else {
            return
        }
        topics[topic]?.subscribers.insert(place)
        guard let mesh = topics[topic]?.mesh, mesh.count < limits.degree else { return }
        if mayGraft(place, in: topic, now: now) { graft(place, in: topic, now: now) }
    }

    public mutating func peerUnsubscribed(_ peer: ConnectionID, from topic: Int) {
        guard let place = places[peer], isJoined(topic) else { return }
        topics[topic]?.subscribers.remove(place)
        topics[topic]?.mesh.remove(place)
    }

    /// Notes an offence, which the owner reports.
    mutating func offend(_ place: Int, _ offence: Offence, penalty: Double = 0) {
        peers[place].penalty += penalty
        if let connection = peers[place].connection { actions.append(.offence(offence, connection)) }
    }

    func connections(_ set: PeerSet) -> [ConnectionID] { set.compactMap { peers[$0].connection } }
}
