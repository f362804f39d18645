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
        guard assembly.takes(bytes: compact.byteCount, of: hash, from: peer) else { return }
        do throws(WireError) {
            let form = try CompactForm(compact, hash: hash, from: peer, isPulled: isPulled)
            assembly.add(form, of: hash, number: compact.header.number)
            node.emit(.assemble(hash))
        } catch {
            node.report(error.offence, by: peer)
        }
    }

    /// Puts a block together from the pool, the blocks that are still held, and what its forms came with. What is still
    /// missing is asked for.
    ///
    /// - Complexity: O(transactions in the pool) for each new form, one SipHash each.
    public mutating func assemble(
        _ hash: Hash32, from pool: TransactionPool, _ node: inout CapabilityContext<Self>
    ) {
        guard let number = assembly.number(of: hash) else { return }
        assembly.match(hash, CompactForm.Source(pool: pool, rivals: held.blocks(from: number)), now: node.now)
        carryOut(&node)
    }

    /// Does what the assembly wants.
    mutating func carryOutAssembly(_ node: inout CapabilityContext<Self>) {
        for action in assembly.takeActions() {
            switch action {
            case .getTransactions(let id, let hash, let indices, let peer):
                node.send(.getBlockTransactions(requestID: id, hash, indices), to: peer)
            case .getBlock(let id, let hash, let peer): node.send(.getBlocks(requestID: id, [hash]), to: peer)
            case .complete(let partial, let index):
                if let block = partial.forms[index].block { complete(partial, index, block, &node) }
            case .report(let offence, let peer): node.report(offence, by: peer)
            case .credit(let peer, let bytes, let latency):
                node.credit(.usefulResponse, to: peer, bytes: bytes, latency: latency)
            }
        }
    }

    private mutating func complete(
        _ partial: PartialBlock<CompactForm>, _ index: Int, _ block: Block, _ node: inout CapabilityContext<Self>
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
    func judge(_ partial: PartialBlock<CompactForm>, by block: Block, _ node: inout CapabilityContext<Self>) {
        for form in partial.forms { judge(form.compact, of: form.sender, by: block, &node) }
    }

    mutating func receivedTransactions(
        _ id: UInt64, _ list: EncodedList<Transaction>, from peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        assembly.receivedTransactions(
            id, count: list.count, bytes: list.payload.count, from: peer, now: node.now
        ) { () throws(WireError) in try list.decoded() }
        carryOutAssembly(&node)
    }

    mutating func receivedBlocks(
        _ id: UInt64, _ list: EncodedList<GossipBlock>, from peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        let bytes = list.payload.count
        let request = assembly.takeResponse(id, bytes: bytes, from: peer, now: node.now)
        carryOutAssembly(&node)
        guard let (hash, sentAt) = request else { return }
        do throws(WireError) {
            guard list.count <= 1 else { throw .limitExceeded(limit: 1) }
            if let block = try list.decoded().first {
                guard block.block.hash == hash else { throw .ruleBroken }
                node.credit(.usefulResponse, to: peer, bytes: bytes, latency: node.now - sentAt)
                log.update(hash, number: block.block.number) { $0.copies += 1 }
                let partial = assembly.blockCame(hash, by: id)
                return take(block, from: [peer], bytes: bytes, origin: .init(partial: partial, form: nil), &node)
            }
            node.report(.uselessResponse, by: peer)
        } catch {
            node.report(error.offence, by: peer)
        }
        assembly.blockFailed(hash, by: id, of: peer, now: node.now)
        carryOutAssembly(&node)
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
