public import Chain
public import DevP2P
public import EthWire
public import Primitives
public import SansIO
import Topics

// What the owner tells of blocks.
extension BlockGossip {
    /// Transactions that the pool has anew: for a moment others can't be expected to have them.
    public mutating func noteFresh(_ transactions: [Hash32], now: Instant) {
        for hash in transactions { fresh.insert(hash, now: now) }
    }

    /// Sends out a block that this node has imported: one whose body was checked here. What is held of it and isn't checked
    /// may have another body, and gives way.
    ///
    /// - Parameter isOwn: whether this node has made it. Then all peers get it, else the mesh.
    public mutating func publish(
        _ block: Block, totalDifficulty: UInt256, isOwn: Bool = true, _ node: inout CapabilityContext<Self>
    ) {
        let hash = block.hash
        if held[hash]?.isPushed == true { return accepted(hash, &node) }
        let forms = [held.remove(hash)?.origin?.partial, assembly.take(hash)].compactMap { $0 }
        seen.insert(hash, now: node.now)
        for partial in forms { judge(partial, by: block, &node) }
        held.insert(GossipBlock(block: block, totalDifficulty: totalDifficulty), from: [])
        held.setPushed(hash)
        held.setAccepted(hash)
        log.update(hash, number: block.number) {
            $0.received = $0.received ?? node.now
            $0.accepted = node.now
        }
        let id = TopicMessageID(prefixOf: hash)
        let bytes = held[hash]?.compactBytes ?? 0
        if isOwn {
            mesh.publish(id, bytes: bytes, topic: Self.topic, now: node.now)
        } else {
            mesh.relay(id, bytes: bytes, topic: Self.topic, isAnnounced: true, now: node.now)
        }
        carryOut(&node)
    }

    /// Header, seal and body roots of a block that came as an event are right, and its parent is known: the mesh gets it
    /// before it is executed, which saves the time of one execution at each hop.
    public mutating func verified(_ hash: Hash32, _ node: inout CapabilityContext<Self>) {
        guard let block = held[hash], !block.isPushed else { return }
        held.setPushed(hash)
        seen.insert(hash, now: node.now)
        if let partial = held.takeForms(hash) {
            if let lack = partial.lack(of: block.block.block) { demand.note(lack) }
            judge(partial, by: block.block.block, &node)
        }
        mesh.relay(
            TopicMessageID(prefixOf: hash), bytes: block.compactBytes, topic: Self.topic, isAnnounced: false,
            now: node.now)
        carryOut(&node)
    }

    /// A block was imported: who isn't in the mesh hears of it, and may ask for it.
    public mutating func accepted(_ hash: Hash32, _ node: inout CapabilityContext<Self>) {
        guard let block = held[hash], !block.isAccepted else { return }
        verified(hash, &node)
        held.setAccepted(hash)
        log.update(hash, number: block.block.block.number) { $0.accepted = node.now }
        mesh.announce(TopicMessageID(prefixOf: hash))
        carryOut(&node)
    }

    /// The body of a block isn't the header's. One that was put together may have been so wrongly: the next form is taken,
    /// or else the whole block is asked for, of all who have sent it; who has misled is known by the true block. A whole one
    /// its sender has made up. Others who have sent the same header are innocent.
    public mutating func bodyMismatched(_ hash: Hash32, _ node: inout CapabilityContext<Self>) {
        guard let block = held[hash], !block.isPushed else { return }
        held.remove(hash)
        mesh.disowned(TopicMessageID(prefixOf: hash))
        if block.origin?.form == nil, let liar = block.senders.first, states[liar.connection] != nil {
            // It comes as a response: its sender has chosen every byte of it.
            node.report(.invalidResponse, by: liar)
        }
        if var partial = block.origin?.partial {
            if let form = block.origin?.form { partial.refute(form) }
            partial.removeForms { states[$0.connection] == nil }
            // Forms that came in the meantime.
            if partial.hasNew { node.emit(.assemble(hash)) }
            assembly.resume(partial, now: node.now)
        }
        carryOut(&node)
    }

    /// A block is bad: it is forgotten, and whoever sent it is reported.
    ///
    /// - Parameters:
    ///   - offence: `.invalidHeader` or `.invalidBlock` for what an honest peer checks before it relays; nil where the
    ///     fault shows only in execution, which honest peers relay before.
    ///   - peer: who has sent it in any case, also where the block isn't held any more.
    public mutating func blockRejected(
        _ hash: Hash32, offence: Offence?, from peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        let senders = held.remove(hash)?.senders ?? []
        seen.insert(hash, now: node.now)
        mesh.validated(TopicMessageID(prefixOf: hash), offence == nil ? .ignore : .reject, isReported: false)
        carryOut(&node)
        guard let offence else { return }
        for peer in senders.contains(peer) ? senders : [peer] + senders where states[peer.connection] != nil {
            node.report(offence, by: peer)
        }
    }

    /// Tells peers of a block that they may have missed, if it can be had here: who is told of it asks for it.
    public func announce(
        _ block: BlockAnnouncement, to peers: [Peer], _ node: inout CapabilityContext<Self>
    ) {
        let isCached = mesh.isAccepted(TopicMessageID(prefixOf: block.hash))
        guard isCached, held[block.hash]?.isAccepted == true else { return }
        node.broadcast(.newBlockHashes([block]), to: peers.filter { states[$0.connection] != nil })
    }

    /// A block that came as an event goes no further: nothing unchecked stays held, to be relayed or served later.
    ///
    /// - Parameter isForGood: whether another copy of it is worth nothing either.
    public mutating func forget(_ hash: Hash32, isForGood: Bool, _ node: inout CapabilityContext<Self>) {
        if isForGood { seen.insert(hash, now: node.now) }
        guard let block = held[hash], !block.isPushed else { return }
        held.remove(hash)
        let id = TopicMessageID(prefixOf: hash)
        if isForGood { mesh.validated(id, .ignore) } else { mesh.disowned(id) }
        carryOut(&node)
    }

    /// The compact form of a block, with what this node itself had to be given, what is too new to be everywhere, and
    /// sums for the rest. It is made once.
    mutating func compact(_ held: HeldBlocks.Held, _ node: inout CapabilityContext<Self>) -> CompactBlock {
        if let compact = held.compact { return compact }
        let block = held.block.block
        let brought = Set(held.brought)
        var prefilled: [Int] = []
        var bytes = 0
        for (index, transaction) in block.transactions.enumerated() {
            guard brought.contains(UInt16(truncatingIfNeeded: index)) || fresh.contains(transaction.hash),
                bytes + transaction.size <= limits.maxPrefilledBytes
            else { continue }
            bytes += transaction.size
            prefilled.append(index)
        }
        let compact = CompactBlock(
            block, totalDifficulty: held.block.totalDifficulty, nonce: node.random.next(), prefilled: prefilled,
            demand: demand)
        self.held.setCompact(compact, block.hash)
        return compact
    }
}
