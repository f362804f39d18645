public import Chain
public import DevP2P
import EthWire
public import Primitives
import SansIO

// What the owner tells.
extension BlockGossip {
    /// Sends out a block that this node has made, and imported.
    public mutating func publish(_ block: Block, totalDifficulty: UInt256, _ node: inout CapabilityContext<Self>) {
        seen.insert(block.hash, now: node.now)
        held.insert(GossipBlock(block: block, totalDifficulty: totalDifficulty), from: nil)
        log.update(block.hash, number: block.number) {
            $0.received = $0.received ?? node.now
        }
        accepted(block.hash, &node)
    }

    /// Header, seal and body roots of a block that came as an event are right, and its parent is known: it is pushed to
    /// some peers before it is executed, which saves the time of one execution at each hop.
    public mutating func verified(_ hash: Hash32, _ node: inout CapabilityContext<Self>) {
        guard let block = held[hash], !block.isPushed else { return }
        held.setPushed(hash)
        let receivers = choose(ignorant(of: hash, node.peers), for: hash, &node)
        for peer in receivers { states[peer.connection]?.known.insert(hash) }
        node.broadcast(.newBlock(block.block), to: receivers)
    }

    /// A block was imported: everybody who doesn't have it hears of it, and may ask for it.
    public mutating func accepted(_ hash: Hash32, _ node: inout CapabilityContext<Self>) {
        guard let block = held[hash], !block.isAccepted else { return }
        verified(hash, &node)
        held.setAccepted(hash)
        let number = block.block.block.number
        log.update(hash, number: number) { $0.accepted = node.now }
        let receivers = ignorant(of: hash, node.peers)
        for peer in receivers { states[peer.connection]?.known.insert(hash) }
        node.broadcast(.newBlockHashes([BlockAnnouncement(hash: hash, number: number)]), to: receivers)
    }

    /// A block is bad: it is forgotten, and whoever sent it is reported.
    ///
    /// - Parameter offence: `.invalidHeader` or `.invalidBlock` for what an honest peer checks before it relays; nil where
    ///   the fault shows only in execution, which honest peers relay before.
    public mutating func blockRejected(
        _ hash: Hash32, offence: Offence?, _ node: inout CapabilityContext<Self>
    ) {
        guard let block = held.remove(hash), let offence else { return }
        for peer in block.senders where states[peer.connection] != nil { node.report(offence, by: peer) }
    }

    private func ignorant(of hash: Hash32, _ peers: [Peer]) -> [Peer] {
        peers.filter { states[$0.connection]?.known.contains(hash) == false }
    }
}
