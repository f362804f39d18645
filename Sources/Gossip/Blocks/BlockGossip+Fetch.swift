import DevP2P
import EthWire
import Primitives
import SansIO

// Announced blocks that don't come by themselves are asked for, from one announcer after the other.
extension BlockGossip {
    mutating func want(_ block: BlockAnnouncement, from peer: Peer, now: Instant) {
        guard let count = states[peer.connection]?.wantedCount, count < limits.maxWantedPerPeer else { return }
        if let known = wanted[block.hash] {
            guard !known.announcers.contains(peer) else { return }
            wanted[block.hash]?.announcers.append(peer)
        } else {
            guard wanted.count < limits.maxWanted else { return }
            wanted[block.hash] = Wanted(number: block.number, announcers: [peer], due: now + limits.arrivalWait)
            wantedOrder.append(block.hash)
        }
        states[peer.connection]?.wantedCount += 1
    }

    mutating func unwant(_ hash: Hash32) {
        guard let gone = wanted.removeValue(forKey: hash) else { return }
        wantedOrder.removeAll { $0 == hash }
        for peer in gone.announcers { states[peer.connection]?.wantedCount -= 1 }
    }

    /// A peer turns out not to have a block, or is too slow, or gone.
    mutating func removeAnnouncer(_ peer: Peer, of hash: Hash32) {
        guard let place = wanted[hash]?.announcers.firstIndex(of: peer) else { return }
        wanted[hash]?.announcers.remove(at: place)
        states[peer.connection]?.wantedCount -= 1
    }

    /// A request has failed: the blocks are due again.
    mutating func retry(_ hashes: [Hash32], now: Instant) {
        for hash in hashes { wanted[hash]?.due = now }
    }

    /// Asks for what is due, and says when to be called again. What nobody has any more is given up.
    mutating func fetch(_ node: inout CapabilityContext<Self>) {
        for hash in wantedOrder where wanted[hash]?.announcers.isEmpty == true { unwant(hash) }
        var batches: [(peer: Peer, hashes: [Hash32])] = []
        for hash in wantedOrder {
            guard let entry = wanted[hash], let due = entry.due, due <= node.now, let peer = entry.announcers.first
            else {
                continue
            }
            if let place = batches.firstIndex(where: { $0.peer == peer }) {
                if batches[place].hashes.count < BlockGossipLimits.maxRequested { batches[place].hashes.append(hash) }
            } else {
                batches.append((peer, [hash]))
            }
        }
        for (peer, hashes) in batches {
            guard let id = requests.ask(hashes, of: peer, timeout: limits.requestTimeout, now: node.now) else {
                // The peer owes us enough: try again soon.
                for hash in hashes { wanted[hash]?.due = node.now + limits.arrivalWait }
                continue
            }
            for hash in hashes { wanted[hash]?.due = nil }
            node.send(.getBlocks(requestID: id, hashes), to: peer)
        }
        let due = wantedOrder.compactMap { wanted[$0]?.due }.min()
        node.deadline = [due, requests.deadline].compactMap { $0 }.min()
    }
}
