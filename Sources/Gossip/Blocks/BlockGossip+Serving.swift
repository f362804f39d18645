import Chain
import DevP2P
import EthWire
import Primitives
import SansIO

// Requests of peers for parts of blocks, and for whole ones.
extension BlockGossip {
    /// Responds with the transactions of a block that is still held and checked; with none where it isn't, or hasn't those
    /// indices: somebody else may have made the peer ask for them.
    mutating func respond(
        _ id: UInt64, _ hash: Hash32, _ indices: TransactionIndices, to peer: Peer,
        _ node: inout CapabilityContext<Self>
    ) {
        guard states[peer.connection]?.requests.take(now: node.now) == true else {
            return node.report(.spam, by: peer)
        }
        var transactions: [Transaction] = []
        if let block = held[hash], block.isPushed {
            let all = block.block.block.transactions
            let indices = indices.indices
            if indices.allSatisfy(all.indices.contains) { transactions = indices.map { all[$0] } }
        }
        node.send(.blockTransactions(requestID: id, EncodedList(transactions)), to: peer)
    }

    /// Responds with the blocks that are still held and checked; go-ethereum's eth serves the rest.
    mutating func respond(_ id: UInt64, _ hashes: [Hash32], to peer: Peer, _ node: inout CapabilityContext<Self>) {
        guard states[peer.connection]?.requests.take(now: node.now) == true else {
            return node.report(.spam, by: peer)
        }
        var blocks: [GossipBlock] = []
        var bytes = 0
        for hash in hashes where bytes < min(limits.softResponseBytes, uploadRoom) {
            guard let block = held[hash], block.isPushed else { continue }
            blocks.append(block.block)
            bytes += block.bytes
        }
        node.send(.blocks(requestID: id, EncodedList(blocks)), to: peer)
    }
}
