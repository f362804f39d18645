import Chain
import DevP2P
import EthWire
import Primitives
import SansIO

// Requests for parts of blocks, and for whole ones.
extension TopicGossip {
    /// Answers with the transactions of a block that is still held and checked; with none where it isn't.
    mutating func answer(
        _ id: UInt64, _ hash: Hash32, _ places: BlockPlaces, to peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        guard states[peer.connection]?.requests.take(now: node.now) == true else {
            return node.report(.spam, by: peer)
        }
        var transactions: [Transaction] = []
        if let block = held[hash], block.isPushed {
            let all = block.block.block.transactions
            let places = places.places
            guard places.allSatisfy({ $0 < all.count }) else { return node.report(.protocolBreach, by: peer) }
            transactions = places.map { all[$0] }
        }
        node.send(.blockTransactions(requestID: id, EncodedList(transactions)), to: peer)
    }

    /// Answers with the blocks that are still held and checked; go-ethereum's eth serves the rest.
    mutating func answer(_ id: UInt64, _ hashes: [Hash32], to peer: Peer, _ node: inout CapabilityContext<Self>) {
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

    /// Asks the next one who may have it for a block whose compact form has misled.
    mutating func requestWhole(_ hash: Hash32, _ node: inout CapabilityContext<Self>) {
        guard var suspect = suspects[hash] else { return }
        while let peer = suspect.next(limit: limits.maxWholeRequests) {
            guard states[peer.connection] != nil,
                let id = requests.ask(.whole(hash), of: peer, timeout: limits.requestTimeout, now: node.now)
            else { continue }
            suspects[hash] = suspect
            return node.send(.getBlocks(requestID: id, [hash]), to: peer)
        }
        suspects[hash] = nil
    }

    /// A request has come to nothing.
    mutating func retry(_ request: BlockRequest, _ node: inout CapabilityContext<Self>) {
        switch request {
        case .whole(let hash): requestWhole(hash, &node)
        case .transactions(let hash):
            if let partial = partials.take(hash) { proceed(partial, &node) }
        }
    }
}
