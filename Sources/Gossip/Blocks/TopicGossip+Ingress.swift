import Chain
public import DevP2P
import EthWire
public import Primitives
import SansIO

// Blocks from peers.
extension TopicGossip {
    mutating func receivedCompact(
        _ compact: CompactBlock, from peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        guard states[peer.connection]?.blocks.take(now: node.now) == true else {
            return node.report(.spam, by: peer)
        }
        guard mesh.listens(to: peer.connection) else { return }
        let hash = compact.header.hash
        let id = TopicMessageID(prefixOf: hash)
        let isFirst = log[hash] == nil
        log.update(hash, number: compact.header.number) { arrival in
            arrival.copies += 1
            // An announcement may have said another one.
            arrival.number = compact.header.number
            if arrival.received == nil {
                arrival.received = node.now
                arrival.source = peer.id
            }
        }
        if isKnown(hash) {
            if mesh.hasSeen(id) {
                _ = mesh.received(id, bytes: 0, topic: Self.blockNumber, from: peer.connection, now: node.now)
            }
            return held.addSender(peer, of: hash)
        }
        let isPulled = mesh.arrived(id, from: peer.connection)
        if let partial = partials.take(hash) { return proceed(partial, with: compact, from: peer, &node) }
        guard isNearHead(compact.header.number) else {
            if isFirst { node.emit(.announced(hash, number: compact.header.number, from: peer)) }
            return
        }
        begin(compact, hash, from: peer, isPulled: isPulled, &node)
    }

    private mutating func begin(
        _ compact: CompactBlock, _ hash: Hash32, from peer: Peer, isPulled: Bool,
        _ node: inout CapabilityContext<Self>
    ) {
        guard partials.count < limits.maxPartial, partials.count(of: peer) < limits.maxPartialPerPeer,
            partials.makeRoom(for: compact.byteCount, limit: limits.maxPartialBytes)
        else { return }
        do throws(WireError) {
            partials.insert(try PartialBlock(compact, hash: hash, from: peer, isPulled: isPulled))
            node.emit(.assemble(hash))
        } catch {
            node.report(error.offence, by: peer)
        }
    }

    /// Puts a compact block together from the pool, the blocks that are still held, and what it came with. What is still
    /// missing is asked for.
    ///
    /// - Complexity: O(transactions in the pool), one SipHash each.
    public mutating func assemble(
        _ hash: Hash32, from pool: TransactionPool, _ node: inout CapabilityContext<Self>
    ) {
        guard var partial = partials.take(hash) else { return }
        partial.discount { pool.contains($0) }
        if partial.isGuessed {
            pool.visit { partial.offer($0) }
            // The pool no longer has what a rival block has included.
            for rival in held.blocks(from: partial.compact.header.number) {
                for transaction in rival.transactions { partial.offer(transaction) }
            }
        }
        partial.repair()
        proceed(partial, &node)
        carryOut(&node)
    }

    /// Goes on with a block: it is complete, or the next one who may have the rest is asked.
    mutating func proceed(_ partial: PartialBlock, _ node: inout CapabilityContext<Self>) {
        if let block = partial.block { return complete(partial, block, &node) }
        var partial = partial
        while let peer = partial.nextSender {
            partial.asked.append(peer)
            guard states[peer.connection] != nil,
                let id = requests.ask(
                    .transactions(of: partial.hash), of: peer, timeout: limits.transactionsTimeout, now: node.now)
            else { continue }
            let places = BlockPlaces(partial.missing)
            partials.insert(partial)
            return node.send(.getBlockTransactions(requestID: id, partial.hash, places), to: peer)
        }
        // Nobody is left: it may come again from somebody else.
    }

    /// Goes on with a block that has come once more, from another peer, which may have sent what is missing along.
    private mutating func proceed(
        _ partial: PartialBlock, with compact: CompactBlock, from peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        var partial = partial
        partial.addSender(peer)
        partial.supplement(compact)
        if let block = partial.block { return complete(partial, block, &node) }
        partials.insert(partial)
    }

    private mutating func complete(
        _ partial: PartialBlock, _ block: Block, _ node: inout CapabilityContext<Self>
    ) {
        let compact = partial.compact
        take(
            GossipBlock(block: block, totalDifficulty: compact.totalDifficulty), from: partial.senders,
            bytes: compact.byteCount, isPulled: partial.isPulled, brought: partial.brought,
            claim: .init(compact: compact, peer: partial.claimant, lack: partial.lack(of: block)), &node)
    }

    /// A block is here in full.
    mutating func take(
        _ block: GossipBlock, from senders: [Peer], bytes: Int, isPulled: Bool = false, brought: Set<Int> = [],
        claim: HeldBlocks.Claim? = nil, _ node: inout CapabilityContext<Self>
    ) {
        let hash = block.block.hash
        guard let peer = senders.first, !isKnown(hash) else { return }
        held.insert(block, from: senders, brought: brought, claim: claim)
        let id = TopicMessageID(prefixOf: hash)
        for (index, sender) in senders.enumerated() {
            _ = mesh.received(
                id, bytes: bytes, topic: Self.blockNumber, from: sender.connection, isPulled: isPulled && index == 0,
                refuses: false, now: node.now)
        }
        node.emit(.block(block.block, totalDifficulty: block.totalDifficulty, from: peer))
    }

    /// The request that an answer belongs to; nil where it comes too late, or nobody has asked.
    private mutating func answered(
        _ id: UInt64, by peer: Peer, bytes: Int, _ node: inout CapabilityContext<Self>
    ) -> RequestTracker<BlockRequest>.Request? {
        switch requests.answer(id, from: peer, bytes: bytes, now: node.now) {
        case .expected(let request): return request
        case .late: return nil
        case .unsolicited:
            node.report(.unsolicitedResponse, by: peer)
            return nil
        }
    }

    private func credit(
        _ peer: Peer, for request: RequestTracker<BlockRequest>.Request, bytes: Int,
        _ node: inout CapabilityContext<Self>
    ) {
        node.credit(.usefulResponse, to: peer, bytes: bytes, latency: node.now - request.sentAt)
    }

    mutating func receivedTransactions(
        _ id: UInt64, _ list: EncodedList<Transaction>, from peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        guard let request = answered(id, by: peer, bytes: list.payload.count, &node) else { return }
        guard case .transactions(let hash) = request.pending else {
            node.report(.protocolBreach, by: peer)
            return retry(request.pending, &node)
        }
        // It may be complete by now in another way.
        guard var partial = partials.take(hash) else { return }
        do throws(WireError) {
            guard list.isEmpty || list.count == partial.missing.count else { throw .ruleBroken }
            if list.isEmpty {
                node.report(.uselessResponse, by: peer)
            } else if !partial.complete(with: try list.decoded(), from: peer) {
                node.report(.invalidResponse, by: peer)
                return dispute(partial, by: peer, &node)
            } else {
                credit(peer, for: request, bytes: list.payload.count, &node)
            }
        } catch {
            node.report(error.offence, by: peer)
        }
        proceed(partial, &node)
    }

    /// The claimant's own transactions don't have the ids that it gave: what it said is worth nothing.
    private mutating func dispute(
        _ partial: PartialBlock, by peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        guard suspects.count < limits.maxPartial else { return }
        suspects[partial.hash] = Suspect(
            claim: .init(compact: partial.compact, peer: partial.claimant, lack: nil),
            senders: partial.senders.filter { $0 != peer })
        requestWhole(partial.hash, &node)
    }

    mutating func receivedBlocks(
        _ id: UInt64, _ list: EncodedList<GossipBlock>, from peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        guard let request = answered(id, by: peer, bytes: list.payload.count, &node) else { return }
        guard case .whole(let hash) = request.pending else {
            node.report(.protocolBreach, by: peer)
            return retry(request.pending, &node)
        }
        do throws(WireError) {
            guard list.count <= 1 else { throw .limitExceeded(limit: 1) }
            if let block = try list.decoded().first {
                guard block.block.hash == hash else { throw .ruleBroken }
                credit(peer, for: request, bytes: list.payload.count, &node)
                log.update(hash, number: block.block.number) { $0.copies += 1 }
                return take(block, from: [peer], bytes: list.payload.count, &node)
            }
            node.report(.uselessResponse, by: peer)
        } catch {
            node.report(error.offence, by: peer)
        }
        requestWhole(hash, &node)
    }

    mutating func receivedAnnouncements(
        _ blocks: [BlockAnnouncement], from peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        guard states[peer.connection]?.announcements.take(Double(blocks.count), now: node.now) == true else {
            return node.report(.spam, by: peer)
        }
        var near: [TopicMessageID] = []
        for block in blocks {
            let isFirst = log[block.hash] == nil
            log.update(block.hash, number: block.number) {
                $0.announced = $0.announced ?? node.now
                $0.announcements += 1
            }
            if isNearHead(block.number) {
                near.append(TopicMessageID(prefixOf: block.hash))
            } else if isFirst, !isKnown(block.hash) {
                node.emit(.announced(block.hash, number: block.number, from: peer))
            }
        }
        if !near.isEmpty {
            mesh.receivedHave(near, topic: Self.blockNumber, from: peer.connection, now: node.now)
        }
    }

    /// Whether a block was checked, or is being checked. One whose body was wrong isn't known: the true one may follow.
    private func isKnown(_ hash: Hash32) -> Bool { seen.contains(hash) || held[hash] != nil }

    private func isNearHead(_ number: UInt64) -> Bool {
        number >= headNumber
            ? number - headNumber <= limits.fetchedAboveHead : headNumber - number <= limits.fetchedBelowHead
    }
}
