public import DevP2P
public import SansIO

// Who is in a mesh.
extension TopicMesh {
    /// A peer has put this node into its mesh of a topic, and wants the same in return.
    public mutating func receivedGraft(_ topic: Int, from peer: ConnectionID, now: Instant, random: inout NodeRandom) {
        guard let place = places[peer], isJoined(topic), let state = topics[topic] else { return }
        guard !state.mesh.contains(place) else { return }
        let standing = state.standing(place)
        // Who has pruned counts from then on, who was pruned from when it heard: near its end the back-off is over there.
        if standing.isBackedOff(now + limits.graftGrace) {
            let hasCrossed = standing.prunedAt.map { now - $0 < limits.graftGrace } ?? false
            if !hasCrossed { offend(place, .backoffBreach, penalty: 1) }
            return prune(place, from: topic, backoff: limits.pruneBackoff, now: now)
        }
        let hasRoom = state.mesh.count < limits.maxDegree || peers[place].isOutbound
        guard hasRoom, score(place) >= 0 else {
            let others = score(place) >= 0 ? substitutes(for: place, in: topic, random: &random) : []
            return prune(place, from: topic, backoff: limits.pruneBackoff, instead: others, now: now)
        }
        topics[topic]?.subscribers.insert(place)
        add(place, to: topic, now: now)
    }

    /// A peer has taken this node out of its mesh of a topic.
    ///
    /// - Returns: whether the contacts that came with it are to be believed.
    public mutating func receivedPrune(
        _ topic: Int, backoff: Duration, from peer: ConnectionID, now: Instant
    ) -> Bool {
        guard let place = places[peer], isJoined(topic) else { return false }
        let wasIn = topics[topic]?.mesh.contains(place) == true
        topics[topic]?.mesh.remove(place)
        let wait = min(max(backoff, .zero), limits.maxBackoff)
        topics[topic]?.change(place) { standing in
            standing.graftedAt = nil
            if wasIn { standing.prunedAt = now }
            standing.backoffUntil = max(standing.backoffUntil ?? now, now + wait)
        }
        return score(place) >= limits.contactScore
    }

    func mayGraft(_ place: Int, in topic: Int, now: Instant) -> Bool {
        topics[topic]?.standing(place).isBackedOff(now) == false && score(place) >= 0
    }

    mutating func graft(_ place: Int, in topic: Int, now: Instant) {
        guard let connection = peers[place].connection else { return }
        add(place, to: topic, now: now)
        actions.append(.graft(topic, connection))
    }

    /// Takes a peer out of a mesh if it is there, and tells it.
    mutating func prune(
        _ place: Int, from topic: Int, backoff: Duration, instead: [ConnectionID] = [], now: Instant
    ) {
        guard let connection = peers[place].connection else { return }
        // Only a graft that met a prune of the mesh has crossed it; who was refused before knows.
        let wasIn = topics[topic]?.mesh.contains(place) == true
        topics[topic]?.mesh.remove(place)
        topics[topic]?.change(place) { standing in
            standing.graftedAt = nil
            if wasIn { standing.prunedAt = now }
            standing.backoffUntil = max(standing.backoffUntil ?? now, now + backoff)
        }
        actions.append(.prune(topic, connection, backoff: backoff, instead: instead))
    }

    /// Whom a peer may try that finds no room here: others of the topic whose address this node knows, having dialed it.
    func substitutes(for place: Int, in topic: Int, random: inout NodeRandom) -> [ConnectionID] {
        guard let subscribers = topics[topic]?.subscribers else { return [] }
        let known = subscribers.filter { $0 != place && peers[$0].isOutbound && score($0) >= 0 }
        return known.shuffled(using: &random).prefix(TopicLimits.maxContacts).compactMap { peers[$0].connection }
    }

    private mutating func add(_ place: Int, to topic: Int, now: Instant) {
        topics[topic]?.mesh.insert(place)
        topics[topic]?.change(place) { $0.graftedAt = now }
    }
}
