import DevP2P
public import SansIO

// What is done each second: meshes are filled and cut, messages announced and forgotten, numbers decay.
extension TopicMesh {
    /// `deadline` has come.
    public mutating func deadlineReached(now: Instant, random: inout NodeRandom) {
        keepPromises(now: now, random: &random)
        announce(urgent, random: &random)
        urgent = []
        guard let due = nextBeat, due <= now else { return }
        nextBeat = now + limits.heartbeat
        beat &+= 1
        seen.expire(now)
        judgeMesh()
        for slot in peers.indices where peers[slot].connection != nil { peers[slot].beginBeat(limits) }
        for topic in topics.indices where topics[topic] != nil {
            for slot in topics[topic]?.standings.indices ?? 0..<0 { topics[topic]?.standings[slot].beginBeat(limits) }
            tend(topic, now: now, random: &random)
        }
        announce(Array(cache.ids), random: &random)
        while let id = cache.evict(limits, beat: beat) { actions.append(.forget(id)) }
        if beat % 4 == 0 { (oldRefusals, refusals) = (refusals, [:]) }
        rest()
    }

    /// A node whose capabilities have no topics isn't woken each second for nothing.
    private mutating func rest() {
        isAtRest =
            cache.count == 0 && refusals.isEmpty && oldRefusals.isEmpty && topics.allSatisfy { $0 == nil }
            && peers.allSatisfy(\.isAtRest)
    }

    private mutating func tend(_ topic: Int, now: Instant, random: inout NodeRandom) {
        for slot in topics[topic]?.mesh ?? PeerSet() where score(slot) < 0 {
            prune(slot, from: topic, backoff: limits.pruneBackoff, now: now)
        }
        fill(topic, now: now, random: &random)
        cut(topic, now: now, random: &random)
        if beat % limits.opportunisticBeats == 0 { improve(topic, now: now, random: &random) }
    }

    /// Grafts peers up to the degree where there are too few, and dialed ones where there are too few of them.
    private mutating func fill(_ topic: Int, now: Instant, random: inout NodeRandom) {
        guard let state = topics[topic] else { return }
        let outbound = state.mesh.reduce(0) { $0 + (peers[$1].isOutbound ? 1 : 0) }
        let isShort = state.mesh.count < limits.minDegree
        guard isShort || outbound < limits.outboundDegree else { return }
        var eligible = state.subscribers.subtracting(state.mesh).filter { mayGraft($0, in: topic, now: now) }
        eligible.shuffle(using: &random)
        let dialed = eligible.filter { peers[$0].isOutbound }.prefix(max(0, limits.outboundDegree - outbound))
        for slot in dialed { graft(slot, in: topic, now: now) }
        guard isShort else { return }
        let missing = max(0, limits.degree - state.mesh.count - dialed.count)
        for slot in eligible.filter({ !dialed.contains($0) }).prefix(missing) { graft(slot, in: topic, now: now) }
    }

    /// Cuts a mesh that is too large back to the degree: the best stay, then enough dialed ones, then who is drawn.
    private mutating func cut(_ topic: Int, now: Instant, random: inout NodeRandom) {
        guard let mesh = topics[topic]?.mesh, mesh.count > limits.maxDegree else { return }
        let ranked = ranked(mesh, random: &random)
        var kept = PeerSet(ranked.prefix(limits.scoredDegree))
        var rest = Array(ranked.dropFirst(limits.scoredDegree)).shuffled(using: &random)
        let outbound = kept.reduce(0) { $0 + (peers[$1].isOutbound ? 1 : 0) }
        for slot in rest.filter({ peers[$0].isOutbound }).prefix(max(0, limits.outboundDegree - outbound)) {
            kept.insert(slot)
        }
        rest.removeAll { kept.contains($0) }
        for slot in rest.prefix(max(0, limits.degree - kept.count)) { kept.insert(slot) }
        for slot in mesh.subtracting(kept) {
            let others = substitutes(for: slot, in: topic, random: &random)
            prune(slot, from: topic, backoff: limits.pruneBackoff, instead: others, now: now)
        }
    }

    /// Opportunistic grafting: a mesh of peers that bring little gets some that have brought more.
    private mutating func improve(_ topic: Int, now: Instant, random: inout NodeRandom) {
        guard let state = topics[topic], !state.mesh.isEmpty else { return }
        let scores = state.mesh.map { score($0) }.sorted()
        let median = scores[scores.count / 2]
        guard median < limits.opportunisticScore else { return }
        let better = state.subscribers.subtracting(state.mesh).filter {
            score($0) > median && mayGraft($0, in: topic, now: now)
        }
        for slot in better.shuffled(using: &random).prefix(limits.opportunisticCount) {
            graft(slot, in: topic, now: now)
        }
    }

    /// Tells peers outside the meshes what there is.
    private mutating func announce(_ ids: [TopicMessageID], random: inout NodeRandom) {
        var fresh = [[TopicMessageID]](repeating: [], count: topics.count)
        for id in ids {
            guard let message = cache[id], let from = message.announcedFrom, isJoined(message.topic),
                beat &- from <= limits.announcedBeats
            else { continue }
            fresh[message.topic].append(id)
        }
        for topic in fresh.indices where !fresh[topic].isEmpty {
            guard let state = topics[topic] else { continue }
            let outside = state.subscribers.subtracting(state.mesh).filter { score($0) >= limits.gossipScore }
            let count = max(limits.lazyDegree, Int((Double(outside.count) * limits.lazyShare).rounded(.up)))
            for slot in outside.shuffled(using: &random).prefix(count).sorted() {
                tell(slot, fresh[topic], topic: topic)
            }
        }
    }

    private mutating func tell(_ slot: Int, _ ids: [TopicMessageID], topic: Int) {
        guard let connection = peers[slot].connection else { return }
        var news: [TopicMessageID] = []
        for id in ids.suffix(limits.maxHaveIDs / 2) {
            guard let message = cache[id],
                !message.holders.union(message.receivers).union(message.told).contains(slot)
            else { continue }
            cache[id]?.told.insert(slot)
            news.append(id)
        }
        if !news.isEmpty { actions.append(.have(topic, news, connection)) }
    }
}
