public import DevP2P
public import SansIO

/// A message that was announced and hasn't come.
struct WantedMessage: Sendable {
    /// Peers that have announced it and weren't asked in vain.
    var announcers: PeerSet
    /// Peers that were asked last; none as long as it may still come by itself.
    var asked = PeerSet()
    /// Peers that were asked an interval before, and may still respond.
    var late = PeerSet()
    /// Rounds of asking so far.
    var rounds = 0

    /// Peers whose response is awaited.
    var awaited: PeerSet { asked.union(late) }
}

// Announcements, requests and refusals.
extension TopicMesh {
    /// A peer has messages. What is new is asked for if it doesn't come by itself.
    public mutating func receivedHave(_ ids: [TopicMessageID], topic: Int, from peer: ConnectionID, now: Instant) {
        guard let slot = slots[peer] else { return }
        isAtRest = false
        peers[slot].haves += 1
        peers[slot].haveIDs += ids.count
        guard peers[slot].haves <= limits.maxHaves, peers[slot].haveIDs <= limits.maxHaveIDs else {
            return offend(slot, .spam, penalty: limits.floodPenalty)
        }
        guard isJoined(topic), score(slot) >= limits.gossipScore else { return }
        for id in ids {
            if seen.contains(id) {
                cache[id]?.holders.insert(slot)
            } else if wanted[id] != nil {
                wanted[id]?.announcers.insert(slot)
            } else if wanted.count < limits.maxWanted {
                wanted[id] = WantedMessage(announcers: PeerSet([slot]))
                wantedDeadlines.set(id, to: now + limits.wantDelay)
            }
        }
    }

    /// A peer asks for messages. Each is sent to it once.
    public mutating func receivedWant(_ ids: [TopicMessageID], from peer: ConnectionID) {
        guard let slot = slots[peer] else { return }
        isAtRest = false
        peers[slot].wantIDs += ids.count
        guard peers[slot].wantIDs <= limits.maxWantIDs else {
            return offend(slot, .spam, penalty: limits.floodPenalty)
        }
        guard score(slot) >= limits.gossipScore else { return }
        for id in ids {
            guard let message = cache[id], message.isAccepted, !message.receivers.contains(slot),
                peers[slot].servedBytes < limits.maxServedBytes
            else { continue }
            cache[id]?.receivers.insert(slot)
            peers[slot].servedBytes += message.bytes
            actions.append(.send(id, [peer]))
        }
    }

    /// A peer has messages already: it isn't sent them.
    public mutating func receivedDontWant(_ ids: [TopicMessageID], from peer: ConnectionID) {
        guard let slot = slots[peer] else { return }
        isAtRest = false
        peers[slot].dontWantIDs += ids.count
        guard peers[slot].dontWantIDs <= limits.maxDontWantIDs else {
            return offend(slot, .spam, penalty: limits.floodPenalty)
        }
        for id in ids {
            if cache[id] != nil {
                cache[id]?.holders.insert(slot)
            } else if refusals[id] != nil || refusals.count < limits.maxRefusals, !seen.contains(id) {
                refusals[id, default: PeerSet()].insert(slot)
            }
        }
    }

    func refusers(of id: TopicMessageID) -> PeerSet {
        (refusals[id] ?? PeerSet()).union(oldRefusals[id] ?? PeerSet())
    }

    // MARK: Promises

    /// The message is here, or given up.
    mutating func takePromise(_ id: TopicMessageID) -> WantedMessage? {
        guard let promise = wanted.removeValue(forKey: id) else { return nil }
        wantedDeadlines.set(id, to: nil)
        for asked in promise.awaited { peers[asked].wanted -= 1 }
        return promise
    }

    /// A peer has sent what it announced, but the message isn't complete by that.
    ///
    /// - Returns: whether it was asked for it.
    mutating func keepPromise(_ id: TopicMessageID, _ slot: Int, now: Instant) -> Bool {
        let wasAsked = wanted[id]?.awaited.contains(slot) == true
        wanted[id]?.announcers.remove(slot)
        wanted[id]?.asked.remove(slot)
        wanted[id]?.late.remove(slot)
        guard wasAsked else { return false }
        peers[slot].wanted -= 1
        // As long as for one that may still come by itself.
        if wanted[id]?.awaited.isEmpty == true { wantedDeadlines.set(id, to: now + limits.wantDelay) }
        return true
    }

    /// Asks for what has not come by itself, and others for what was promised and not kept: four times as many each time, so
    /// that a crowd that announces and never delivers holds a message up for a few rounds only.
    mutating func keepPromises(now: Instant, random: inout NodeRandom) {
        var requests: [Int: [TopicMessageID]] = [:]
        var order: [Int] = []
        while let id = wantedDeadlines.popDue(now) {
            guard var promise = wanted[id] else { continue }
            for late in promise.late {
                peers[late].wanted -= 1
                offend(late, .brokenPromise, penalty: 1)
            }
            promise.announcers = promise.announcers.subtracting(promise.awaited)
            promise.late = promise.asked
            promise.asked = PeerSet(announcers(promise, random: &random))
            promise.rounds += 1
            wanted[id] = promise.awaited.isEmpty ? nil : promise
            guard !promise.awaited.isEmpty else { continue }
            wantedDeadlines.set(id, to: now + limits.wantInterval)
            for slot in promise.asked {
                peers[slot].wanted += 1
                if requests[slot] == nil { order.append(slot) }
                requests[slot, default: []].append(id)
            }
        }
        for slot in order {
            if let ids = requests[slot], let connection = peers[slot].connection {
                actions.append(.want(ids, connection))
            }
        }
    }

    /// Some of those who announced a message and can be asked: first of those that this node has dialed, since an attacker
    /// can't choose them. Drawn, so that nobody can be first to be asked by being first to announce.
    private func announcers(_ promise: WantedMessage, random: inout NodeRandom) -> ArraySlice<Int> {
        let able = promise.announcers.filter {
            peers[$0].wanted < limits.maxWantedPerPeer && score($0) >= limits.gossipScore
        }
        let dialed = able.filter { peers[$0].isOutbound }.shuffled(using: &random)
        let others = able.filter { !peers[$0].isOutbound }.shuffled(using: &random)
        return (dialed + others).prefix(min(limits.maxAsked, limits.firstAsked << min(2 * promise.rounds, 8)))
    }

    /// A peer has left: what it was asked for is due at once.
    mutating func dropPromises(of slot: Int, now: Instant) {
        for id in wanted.keys.sorted() {
            wanted[id]?.announcers.remove(slot)
            guard wanted[id]?.awaited.contains(slot) == true else { continue }
            wanted[id]?.asked.remove(slot)
            wanted[id]?.late.remove(slot)
            if wanted[id]?.awaited.isEmpty == true { wantedDeadlines.set(id, to: now) }
        }
    }
}
