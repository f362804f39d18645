public import DevP2P
public import SansIO

// Who is in a mesh.
extension TopicMesh {
    /// A peer has put this node into its mesh of a topic, and wants the same in return.
    public mutating func receivedGraft(_ topic: Int, from peer: ConnectionID, now: Instant, random: inout NodeRandom) {
        guard let slot = slots[peer], isJoined(topic), let state = topics[topic] else { return }
        guard !state.mesh.contains(slot) else { return }
        let standing = state.standing(slot)
        // Who has pruned counts from then on, who was pruned from when it heard: near its end the back-off is over there.
        if standing.isBackedOff(now + limits.graftGrace) {
            let hasCrossed = standing.prunedAt.map { now - $0 < limits.graftGrace } ?? false
            if !hasCrossed { offend(slot, .backoffBreach, penalty: 1) }
            return prune(slot, from: topic, backoff: limits.pruneBackoff, now: now)
        }
        let hasRoom = state.mesh.count < limits.maxDegree || peers[slot].isOutbound
        guard hasRoom, score(slot) >= 0 else {
            let others = score(slot) >= 0 ? substitutes(for: slot, in: topic, random: &random) : []
            return prune(slot, from: topic, backoff: limits.pruneBackoff, instead: others, now: now)
        }
        topics[topic]?.subscribers.insert(slot)
        add(slot, to: topic, now: now)
    }

    /// A peer has taken this node out of its mesh of a topic.
    ///
    /// - Returns: whether the contacts that came with it are to be believed.
    public mutating func receivedPrune(
        _ topic: Int, backoff: Duration, from peer: ConnectionID, now: Instant
    ) -> Bool {
        guard let slot = slots[peer], isJoined(topic) else { return false }
        let wasIn = topics[topic]?.mesh.contains(slot) == true
        topics[topic]?.mesh.remove(slot)
        let wait = min(max(backoff, .zero), limits.maxBackoff)
        topics[topic]?.change(slot) { standing in
            standing.graftedAt = nil
            if wasIn { standing.prunedAt = now }
            standing.backoffUntil = max(standing.backoffUntil ?? now, now + wait)
        }
        return score(slot) >= limits.contactScore
    }

    func mayGraft(_ slot: Int, in topic: Int, now: Instant) -> Bool {
        topics[topic]?.standing(slot).isBackedOff(now) == false && score(slot) >= 0
    }

    mutating func graft(_ slot: Int, in topic: Int, now: Instant) {
        guard let connection = peers[slot].connection else { return }
        add(slot, to: topic, now: now)
        actions.append(.graft(topic, connection))
    }

    /// Takes a peer out of a mesh if it is there, and tells it.
    mutating func prune(
        _ slot: Int, from topic: Int, backoff: Duration, instead: [ConnectionID] = [], now: Instant
    ) {
        guard let connection = peers[slot].connection else { return }
        // Only a graft that met a prune of the mesh has crossed it; who was refused before knows.
        let wasIn = topics[topic]?.mesh.contains(slot) == true
        topics[topic]?.mesh.remove(slot)
        topics[topic]?.change(slot) { standing in
            standing.graftedAt = nil
            if wasIn { standing.prunedAt = now }
            standing.backoffUntil = max(standing.backoffUntil ?? now, now + backoff)
        }
        actions.append(.prune(topic, connection, backoff: backoff, instead: instead))
    }

    /// Whom a peer may try that finds no room here: others of the topic whose address this node knows, having dialed it.
    func substitutes(for slot: Int, in topic: Int, random: inout NodeRandom) -> [ConnectionID] {
        guard let subscribers = topics[topic]?.subscribers else { return [] }
        let known = subscribers.filter { $0 != slot && peers[$0].isOutbound && score($0) >= 0 }
        return known.shuffled(using: &random).prefix(TopicLimits.maxContacts).compactMap { peers[$0].connection }
    }

    private mutating func add(_ slot: Int, to topic: Int, now: Instant) {
        topics[topic]?.mesh.insert(slot)
        topics[topic]?.change(slot) { $0.graftedAt = now }
    }
}
