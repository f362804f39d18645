public import DevP2P
public import SansIO

// The messages themselves.
extension TopicMesh {
    /// What a message turned out to be.
    public enum Reception: Hashable, Sendable {
        /// To be validated by the owner of its topic, then `validated`.
        case new
        case duplicate
        /// From a peer that isn't listened to, or of a topic that this node doesn't have.
        case ignored
    }

    /// Whether a message has come before, or is one of this node's.
    public func hasSeen(_ id: TopicMessageID) -> Bool { seen.contains(id) }

    /// Whether a message is kept, and was accepted: whoever asks for it gets it.
    public func isAccepted(_ id: TopicMessageID) -> Bool { cache[id]?.isAccepted == true }

    /// A message has come from a peer: once for each copy.
    ///
    /// - Parameters:
    ///   - isPulled: whether it was asked for, where `arrived` has told so before.
    ///   - refuses: whether the mesh is told at once that it is here, where it is large. Not for one that may turn out to be
    ///     something else than its id says: nobody would send the true one.
    public mutating func received(
        _ id: TopicMessageID, bytes: Int, topic: Int, from peer: ConnectionID, isPulled: Bool = false,
        refuses: Bool = true, now: Instant
    ) -> Reception {
        guard let slot = slots[peer], isJoined(topic), score(slot) >= limits.graylistScore else { return .ignored }
        let promise = takePromise(id)
        guard seen.insert(id, now: now) else {
            cache[id]?.holders.insert(slot)
            return .duplicate
        }
        var message = MeshMessage(topic: topic, bytes: bytes, beat: beat, arrived: now, source: slot)
        message.isPulled = isPulled || promise?.awaited.contains(slot) == true
        message.holders = (promise?.announcers ?? PeerSet()).union(refusers(of: id))
        message.holders.insert(slot)
        keep(message, id)
        if refuses, bytes >= limits.dontWantBytes, let mesh = topics[topic]?.mesh {
            let others = mesh.subtracting(message.holders)
            if !others.isEmpty { actions.append(.dontWant(id, connections(others))) }
        }
        return .new
    }

    /// What the owner of its topic says of a message that was `new`. `later` changes nothing.
    ///
    /// - Parameters:
    ///   - isAnnounced: whether others may ask for it from now on; if not, `announce` follows.
    ///   - isReported: whether a rejection is an offence of the peer; not where the owner reports it by itself.
    public mutating func validated(
        _ id: TopicMessageID, _ verdict: TopicVerdict, isAnnounced: Bool = true, isReported: Bool = true
    ) {
        guard let message = cache[id], !message.isAccepted else { return }
        switch verdict {
        case .accept:
            if let source = message.source {
                topics[message.topic]?.change(source) {
                    $0.firstDeliveries = min($0.firstDeliveries + 1, limits.maxFirstDeliveries)
                }
            }
            forward(id, isAnnounced: isAnnounced)
        case .reject:
            // Who only announced or refused it may have rejected it as well, but who sent it has not.
            if let source = message.source {
                topics[message.topic]?.change(source) { $0.invalid += 1 }
                if isReported { offend(source, .invalidMessage) }
            }
        case .ignore, .later: break
        }
    }

    /// Sends out a message of this node to everybody who has the topic, inside the mesh or not: so nobody can keep it from
    /// spreading by being in the mesh, or learn from its way where it came from first.
    public mutating func publish(_ id: TopicMessageID, bytes: Int, topic: Int, now: Instant) {
        enter(id, bytes: bytes, topic: topic, now: now)
        guard let message = cache[id], !message.isAccepted, let subscribers = topics[topic]?.subscribers else { return }
        let willing = PeerSet(subscribers.filter { score($0) >= limits.gossipScore })
        forward(id, to: willing.subtracting(message.holders), isAnnounced: true)
    }

    /// Passes on a message that came by another way than the mesh, or whose validation took longer than it is kept.
    public mutating func relay(_ id: TopicMessageID, bytes: Int, topic: Int, isAnnounced: Bool, now: Instant) {
        enter(id, bytes: bytes, topic: topic, now: now)
        validated(id, .accept, isAnnounced: isAnnounced)
    }

    /// An accepted message may be announced and asked for from now on.
    public mutating func announce(_ id: TopicMessageID) {
        guard let message = cache[id], message.isAccepted, message.announcedFrom == nil else { return }
        cache[id]?.announcedFrom = beat
        hurry(id)
    }

    /// What had to be asked for, the mesh didn't bring: likely others wait for it too, and shall not wait for a heartbeat.
    private mutating func hurry(_ id: TopicMessageID) {
        if cache[id]?.isPulled == true, urgent.count < limits.maxWanted { urgent.append(id) }
    }

    /// A message has come in a form that its owner has yet to complete; `received` follows once it is complete. Until then
    /// others who have announced it are asked for it: this peer's form may lead nowhere.
    ///
    /// - Returns: whether this peer was asked for it.
    public mutating func arrived(_ id: TopicMessageID, from peer: ConnectionID, now: Instant) -> Bool {
        guard let slot = slots[peer] else { return false }
        // It has it, as if it had refused it.
        if refusals[id] != nil || refusals.count < limits.maxRefusals, !seen.contains(id) {
            refusals[id, default: PeerSet()].insert(slot)
        }
        return keepPromise(id, slot, now: now)
    }

    /// What came first under this id wasn't the message: whoever sent it has earned nothing by it.
    public mutating func disowned(_ id: TopicMessageID) { cache[id]?.source = nil }

    /// Whether a peer's messages are looked at.
    public func listens(to peer: ConnectionID) -> Bool {
        slots[peer].map { score($0) >= limits.graylistScore } ?? false
    }

    /// A message was not sent to some peers after all: they are told of it by the owner, and may ask for it.
    public mutating func withheld(_ id: TopicMessageID, from peers: [ConnectionID]) {
        for slot in peers.compactMap({ slots[$0] }) {
            cache[id]?.receivers.remove(slot)
            cache[id]?.told.insert(slot)
        }
    }

    private mutating func keep(_ message: MeshMessage, _ id: TopicMessageID) {
        cache.insert(message, id)
        while let old = cache.evict(limits, beat: beat) { actions.append(.forget(old)) }
    }

    private mutating func enter(_ id: TopicMessageID, bytes: Int, topic: Int, now: Instant) {
        guard isJoined(topic), cache[id] == nil else { return }
        _ = takePromise(id)
        seen.insert(id, now: now)
        var message = MeshMessage(topic: topic, bytes: bytes, beat: beat, arrived: now)
        message.holders = refusers(of: id)
        keep(message, id)
        if nextBeat == nil { nextBeat = now + limits.heartbeat }
    }

    private mutating func forward(_ id: TopicMessageID, isAnnounced: Bool) {
        guard let message = cache[id], let mesh = topics[message.topic]?.mesh else { return }
        forward(id, to: mesh.subtracting(message.holders), isAnnounced: isAnnounced)
    }

    private mutating func forward(_ id: TopicMessageID, to receivers: PeerSet, isAnnounced: Bool) {
        cache[id]?.isAccepted = true
        cache[id]?.announcedFrom = isAnnounced ? beat : nil
        cache[id]?.receivers = receivers
        if isAnnounced { hurry(id) }
        if !receivers.isEmpty { actions.append(.send(id, connections(receivers))) }
    }
}
