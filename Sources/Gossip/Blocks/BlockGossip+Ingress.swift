import Chain
import DevP2P
import EthWire
import Primitives
import SansIO

extension BlockGossip {
    mutating func receivedPush(_ block: GossipBlock, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        guard states[peer.connection]?.blocks.take(now: node.now) == true else {
            node.report(.spam, by: peer)
            return
        }
        take(block, from: peer, &node)
    }

    mutating func receivedAnnouncements(
        _ blocks: [BlockAnnouncement], from peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        guard states[peer.connection]?.announcements.take(Double(blocks.count), now: node.now) == true else {
            node.report(.spam, by: peer)
            return
        }
        for block in blocks {
            states[peer.connection]?.known.insert(block.hash)
            let isFirst = log[block.hash] == nil
            log.update(block.hash, number: block.number) {
                $0.announced = $0.announced ?? node.now
                $0.announcements += 1
            }
            guard !seen.contains(block.hash) else { continue }
            if isNearHead(block.number) {
                want(block, from: peer, now: node.now)
            } else if isFirst {
                node.emit(.announced(block.hash, number: block.number, from: peer))
            }
        }
        fetch(&node)
    }

    mutating func receivedAnswer(
        _ id: UInt64, _ list: EncodedList<GossipBlock>, from peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        let asked: [Hash32]
        let latency: Duration
        switch requests.answer(id, from: peer, bytes: list.payload.count, now: node.now) {
        case .expected(let request): (asked, latency) = (request.pending, node.now - request.sentAt)
        case .late: return
        case .unsolicited:
            node.report(.unsolicitedResponse, by: peer)
            return
        }
        var missing = asked
        do throws(WireError) {
            guard list.count <= asked.count else { throw WireError.limitExceeded(limit: asked.count) }
            for block in try list.decoded() {
                guard let place = missing.firstIndex(of: block.block.hash) else { throw WireError.ruleBroken }
                missing.remove(at: place)
                take(block, from: peer, &node)
            }
            if !list.isEmpty {
                node.credit(.usefulResponse, to: peer, bytes: list.payload.count, latency: latency)
            }
        } catch {
            node.report(error.offence, by: peer)
        }
        for hash in missing { removeAnnouncer(peer, of: hash) }
        retry(missing, now: node.now)
        fetch(&node)
    }

    /// Answers with the blocks that are still held and accepted; go-ethereum's eth serves the rest.
    mutating func answer(_ id: UInt64, _ hashes: [Hash32], to peer: Peer, _ node: inout CapabilityContext<Self>) {
        guard states[peer.connection]?.requests.take(now: node.now) == true else {
            node.report(.spam, by: peer)
            return
        }
        var blocks: [GossipBlock] = []
        var bytes = 0
        for hash in hashes where bytes < min(limits.softResponseBytes, uploadRoom) {
            guard let block = held[hash], block.isPushed || block.isAccepted else { continue }
            states[peer.connection]?.known.insert(hash)
            blocks.append(block.block)
            bytes += block.bytes
        }
        node.send(.blocks(requestID: id, EncodedList(blocks)), to: peer)
    }

    /// A block has come, by itself or as an answer.
    private mutating func take(_ block: GossipBlock, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        let hash = block.block.hash
        states[peer.connection]?.known.insert(hash)
        log.update(hash, number: block.block.number) { arrival in
            arrival.copies += 1
            // An announcement may have said another one.
            arrival.number = block.block.number
            if arrival.received == nil {
                arrival.received = node.now
                arrival.source = peer.id
            }
        }
        guard seen.insert(hash, now: node.now) else {
            held.addSender(peer, of: hash)
            return
        }
        unwant(hash)
        held.insert(block, from: peer)
        node.emit(.block(block.block, totalDifficulty: block.totalDifficulty, from: peer))
    }

    private func isNearHead(_ number: UInt64) -> Bool {
        number >= headNumber
            ? number - headNumber <= limits.fetchedAboveHead : headNumber - number <= limits.fetchedBelowHead
    }
}
