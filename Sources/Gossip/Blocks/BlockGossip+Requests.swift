import Chain
import DevP2P
import EthWire
import Primitives
import SansIO

// Requests for parts of blocks, and for whole ones.
extension BlockGossip {
    /// Answers with the transactions of a block that is still held and checked; with none where it isn't, or hasn't those
    /// positions: somebody else may have made the peer ask for them.
    mutating func answer(
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

    /// Asks senders of forms for what these lack. A form's positions mean something to its own sender only, so nobody is
    /// asked by the form of somebody else.
    mutating func ask(_ partial: inout PartialBlock, _ node: inout CapabilityContext<Self>) {
        while let index = partial.next(now: node.now) {
            let form = partial.forms[index]
            guard states[form.sender.connection] != nil,
                let id = requests.ask(
                    .transactions(of: partial.hash, count: form.missingCount), of: form.sender,
                    timeout: limits.transactionsTimeout, now: node.now)
            else {
                partial.spend(index)
                continue
            }
            let indices = partial.asked(index, id, next: node.now + limits.nextAskDelay)
            node.send(.getBlockTransactions(requestID: id, partial.hash, indices), to: form.sender)
        }
    }

    /// Asks the next one who may have it for a block of which a form has misled.
    mutating func askWhole(_ partial: inout PartialBlock, _ node: inout CapabilityContext<Self>) {
        while let peer = partial.nextForWhole(limit: limits.maxWholeRequests) {
            guard states[peer.connection] != nil,
                let id = requests.ask(.whole(partial.hash), of: peer, timeout: limits.requestTimeout, now: node.now)
            else {
                partial.askedWhole(peer, nil)
                continue
            }
            partial.askedWhole(peer, id)
            return node.send(.getBlocks(requestID: id, [partial.hash]), to: peer)
        }
    }

    /// A request has come to nothing.
    mutating func failed(
        _ request: BlockRequest, _ id: UInt64, of peer: Peer?, _ node: inout CapabilityContext<Self>
    ) {
        switch request {
        case .whole(let hash):
            guard var partial = partials.take(hash) else { return }
            partial.wholeEnded(id)
            proceed(partial, &node)
        case .transactions(let hash, _):
            guard var partial = partials.take(hash) else { return }
            if let peer, let index = partial.form(askedFor: id, of: peer) { partial.spend(index) }
            proceed(partial, &node)
        }
    }
}
