import Chain
public import DevP2P
import EthWire
public import Primitives
import SansIO
import Topics

// Blocks from peers.
extension BlockGossip {
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
                _ = mesh.received(id, bytes: 0, topic: Self.topic, from: peer.connection, now: node.now)
            }
            held.addSender(peer, of: hash)
            return receivedLateForm(compact, hash, from: peer, &node)
        }
        let isPulled = mesh.arrived(id, from: peer.connection, now: node.now)
        guard isNearHead(compact.header.number) else {
            if isFirst { node.emit(.announced(hash, number: compact.header.number, from: peer)) }
            return
        }
        begin(compact, hash, from: peer, isPulled: isPulled, &node)
    }

    /// Keeps a form of a block. Each peer has its own, and a share of the memory for them.
    private mutating func begin(
        _ compact: CompactBlock, _ hash: Hash32, from peer: Peer, isPulled: Bool,
        _ node: inout CapabilityContext<Self>
    ) {
        guard partials.count(of: peer) < limits.maxPartialPerPeer, compact.byteCount <= limits.maxPartialBytes else {
            return
        }
        var partial = partials.take(hash) ?? PartialBlock(hash: hash, number: compact.header.number)
        if partial.takes(from: peer) {
            do throws(WireError) {
                let form = try CompactForm(compact, hash: hash, from: peer, isPulled: isPulled)
                partial.add(form, limit: limits.maxForms)
                node.emit(.assemble(hash))
            } catch {
                node.report(error.offence, by: peer)
            }
        }
        if !partial.forms.isEmpty { partials.insert(partial, limit: limits.maxPartialBytes) }
    }

    /// Puts a block together from the pool, the blocks that are still held, and what its forms came with. What is still
    /// missing is asked for.
    ///
    /// - Complexity: O(transactions in the pool) for each new form, one SipHash each.
    public mutating func assemble(
        _ hash: Hash32, from pool: TransactionPool, _ node: inout CapabilityContext<Self>
    ) {
        guard var partial = partials.take(hash) else { return }
        partial.match(pool, held.blocks(from: partial.number))
        proceed(partial, &node)
        carryOut(&node)
    }

    /// Goes on with a block: it is complete, or somebody else is asked for what is missing.
    mutating func proceed(_ partial: PartialBlock, _ node: inout CapabilityContext<Self>) {
        if let index = partial.complete, let block = partial.forms[index].block {
            return complete(partial, index, block, &node)
        }
        var partial = partial
        ask(&partial, &node)
        if !partial.isUnderway, partial.hasRefuted { askWhole(&partial, &node) }
        // Where nobody is left it may come again from somebody else; whoever has misled is known by it then.
        if !partial.isUnderway { partial.removeSpent() }
        if partial.isUnderway || partial.hasRefuted { partials.insert(partial, limit: limits.maxPartialBytes) }
    }

    private mutating func complete(
        _ partial: PartialBlock, _ index: Int, _ block: Block, _ node: inout CapabilityContext<Self>
    ) {
        let form = partial.forms[index]
        take(
            GossipBlock(block: block, totalDifficulty: form.compact.totalDifficulty),
            from: partial.senders(first: index), bytes: form.compact.byteCount, isPulled: form.isPulled,
            origin: .init(partial: partial, form: index), &node)
    }

    /// A block is here in full.
    mutating func take(
        _ block: GossipBlock, from senders: [Peer], bytes: Int, isPulled: Bool = false, origin: HeldBlocks.Origin?,
        _ node: inout CapabilityContext<Self>
    ) {
        let hash = block.block.hash
        guard let peer = senders.first, !isKnown(hash) else { return }
        held.insert(block, from: senders, origin: origin)
        let id = TopicMessageID(prefixOf: hash)
        for (index, sender) in senders.enumerated() {
            _ = mesh.received(
                id, bytes: bytes, topic: Self.topic, from: sender.connection, isPulled: isPulled && index == 0,
                refuses: false, now: node.now)
        }
        node.emit(.block(block.block, totalDifficulty: block.totalDifficulty, from: peer))
    }

    /// A form of a block that is here already: kept until the block is checked, then judged as well.
    private mutating func receivedLateForm(
        _ compact: CompactBlock, _ hash: Hash32, from peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        guard let block = held[hash] else { return }
        if block.isPushed {
            judge(compact, of: peer, by: block.block.block, &node)
        } else if let partial = block.origin?.partial, partial.takes(from: peer), partial.forms.count < limits.maxForms,
            let form = try? CompactForm(compact, hash: hash, from: peer, isPulled: false)
        {
            held.add(form, hash)
        }
    }

    /// The block is known to be the header's, and whoever sends a form of it has checked that too, and has made the form by
    /// itself: a form of anything else is its sender's lie.
    private func judge(
        _ compact: CompactBlock, of peer: Peer, by block: Block, _ node: inout CapabilityContext<Self>
    ) {
        guard states[peer.connection] != nil, !compact.matches(block) else { return }
        node.report(.falseCompactBlock, by: peer)
    }

    /// Judges all forms of a block that is known to be right by now.
    func judge(_ partial: PartialBlock, by block: Block, _ node: inout CapabilityContext<Self>) {
        for form in partial.forms { judge(form.compact, of: form.sender, by: block, &node) }
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

    /// An answer is judged by what this peer was asked for, whatever has come from others since.
    mutating func receivedTransactions(
        _ id: UInt64, _ list: EncodedList<Transaction>, from peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        switch requests.answer(id, from: peer, bytes: list.payload.count, now: node.now) {
        case .unsolicited: node.report(.unsolicitedResponse, by: peer)
        case .late:
            // It still helps, where nothing else has.
            if let partial = partials.take(askedFor: id, of: peer) {
                answered(partial, id, list, from: peer, nil, &node)
            }
        case .expected(let request):
            guard case .transactions(let hash, let count) = request.pending else {
                node.report(.protocolBreach, by: peer)
                return failed(request.pending, id, of: peer, &node)
            }
            if !list.isEmpty, list.count != count { node.report(.protocolBreach, by: peer) }
            if list.isEmpty { node.report(.uselessResponse, by: peer) }
            // It may be complete by now in another way.
            if let partial = partials.take(hash) { answered(partial, id, list, from: peer, request, &node) }
        }
    }

    /// Fills the form that the answer is for, if it is still here, and what fits of others.
    private mutating func answered(
        _ partial: PartialBlock, _ id: UInt64, _ list: EncodedList<Transaction>, from peer: Peer,
        _ request: RequestTracker<BlockRequest>.Request?, _ node: inout CapabilityContext<Self>
    ) {
        var partial = partial
        if let index = partial.form(askedFor: id, of: peer) {
            if list.count != partial.forms[index].question?.indices.count {
                partial.spend(index)
            } else {
                fill(&partial, index, list, request, &node)
            }
        }
        proceed(partial, &node)
    }

    private func fill(
        _ partial: inout PartialBlock, _ index: Int, _ list: EncodedList<Transaction>,
        _ request: RequestTracker<BlockRequest>.Request?, _ node: inout CapabilityContext<Self>
    ) {
        let peer = partial.forms[index].sender
        do throws(WireError) {
            if !partial.answered(index, try list.decoded()) {
                // Its own transactions don't have the ids that it gave: what it said is worth nothing.
                node.report(.invalidResponse, by: peer)
                partial.refute(index)
            } else if let request {
                credit(peer, for: request, bytes: list.payload.count, &node)
            }
        } catch {
            node.report(error.offence, by: peer)
            partial.spend(index)
        }
    }

    mutating func receivedBlocks(
        _ id: UInt64, _ list: EncodedList<GossipBlock>, from peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        guard let request = answered(id, by: peer, bytes: list.payload.count, &node) else { return }
        guard case .whole(let hash) = request.pending else {
            node.report(.protocolBreach, by: peer)
            return failed(request.pending, id, of: peer, &node)
        }
        do throws(WireError) {
            guard list.count <= 1 else { throw .limitExceeded(limit: 1) }
            if let block = try list.decoded().first {
                guard block.block.hash == hash else { throw .ruleBroken }
                credit(peer, for: request, bytes: list.payload.count, &node)
                log.update(hash, number: block.block.number) { $0.copies += 1 }
                var partial = partials.take(hash)
                partial?.wholeEnded(id)
                return take(
                    block, from: [peer], bytes: list.payload.count, origin: .init(partial: partial, form: nil), &node)
            }
            node.report(.uselessResponse, by: peer)
        } catch {
            node.report(error.offence, by: peer)
        }
        failed(request.pending, id, of: peer, &node)
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
            mesh.receivedHave(near, topic: Self.topic, from: peer.connection, now: node.now)
        }
    }

    /// Whether a block was checked, or is being checked. One whose body was wrong isn't known: the true one may follow.
    private func isKnown(_ hash: Hash32) -> Bool { seen.contains(hash) || held[hash] != nil }

    private func isNearHead(_ number: UInt64) -> Bool {
        number >= headNumber
            ? number - headNumber <= limits.fetchedAboveHead : headNumber - number <= limits.fetchedBelowHead
    }
}
