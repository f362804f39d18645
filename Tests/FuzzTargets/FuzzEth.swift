import Chain
import DevP2P
import EthWire
import Gossip
import RLP
import Topics

/// The messages of eth/68 and eth/69: the bytes as the payload of every id.
public func fuzzEth(_ bytes: [UInt8]) throws(BrokenProperty) {
    for payload in RLPMender.variants(bytes) {
        for version in EthVersion.allCases { try checkEth(payload, version) }
    }
}

private func checkEth(_ payload: [UInt8], _ version: EthVersion) throws(BrokenProperty) {
    for id in 0...version.messageCount {
        let name = "\(version.name) message \(id)"
        let message = try HeldMemory.bounded(name, wireBytes: payload.count, factor: 2) {
            try? EthMessage(id: id, payload: payload[...], version: version)
        }
        guard let message else { continue }
        try require(id < version.messageCount && message.id == id, "\(name) becomes message \(message.id)")
        try checkEncoding(message, version: version.number, of: payload, name)
        try checkItems(of: message, name)
    }
}

/// The one form of a message: written anew it is the same, up to bytes behind it.
private func checkEncoding(
    _ message: some VersionedMessage, version: UInt64, of payload: [UInt8], _ name: String
) throws(BrokenProperty) {
    var writer = RLPWriter()
    message.encode(version: version, into: &writer)
    try require(payload.starts(with: writer.bytes), "\(name): written anew it differs")
}

private func checkItems(of message: EthMessage, _ name: String) throws(BrokenProperty) {
    switch message {
    case .transactions(let list): try checkList(list, name)
    case .blockHeaders(_, let list): try checkList(list, name)
    case .blockBodies(_, let list): try checkList(list, name)
    case .pooledTransactions(_, let list): try checkList(list, name)
    case .receipts(_, let receipts): try checkReceipts(receipts, name)
    case .newPooledTransactionHashes(let announcements):
        try require(announcements.entries.reduce(0) { count, _ in count + 1 } == announcements.count, name)
    case .newBlock(let block, _):
        try require(block.hash == block.header.hash, "\(name): a block's hash is not its header's")
        guard let decoded = try? block.decoded() else { return }
        try require(decoded.hash == block.hash, "\(name): a decoded block is another one")
        try require(decoded.rlp[...] == block.encoded, "\(name): its block, written anew, differs")
        let transactions = (try? block.items())?.transactions
        try require(transactions == decoded.transactions.map(\.encoded), "\(name): its transactions differ")
    case .status, .newBlockHashes, .getBlockHeaders, .getBlockBodies, .getPooledTransactions, .getReceipts,
        .blockRangeUpdate:
        break
    }
}

private func checkList<Element>(_ list: EncodedList<Element>, _ name: String) throws(BrokenProperty) {
    let items = list.items()
    try require(items.count == list.count, "\(name): \(list.count) items are \(items.count)")
    guard let elements = try? list.decoded() else { return }
    var writer = RLPWriter()
    for element in elements { element.encode(to: &writer) }
    try require(writer.bytes[...] == list.payload, "\(name): its items, written anew, differ")
}

private func checkReceipts(_ receipts: EncodedReceipts, _ name: String) throws(BrokenProperty) {
    guard let blocks = try? receipts.decoded() else { return }
    try require(blocks.count == receipts.count, "\(name): \(receipts.count) blocks are \(blocks.count)")
    let again = EncodedReceipts(blocks, form: receipts.form)
    // A bloom is what the logs say; the one that came is not kept.
    let isSame = receipts.form == .withBloom ? again.count == receipts.count : again.payload == receipts.payload
    try require(isSame, "\(name): receipts, written anew, differ")
}

/// The messages of topics/1.
public func fuzzTopics(_ bytes: [UInt8]) throws(BrokenProperty) {
    for payload in RLPMender.variants(bytes) {
        for id in 0...TopicsMessage.reservedIDs {
            let name = "topics/1 message \(id)"
            // Numbers of topics and their names, of one byte and more, become values of eight and more; there are at most 64.
            let message = try HeldMemory.bounded(name, wireBytes: payload.count, factor: id <= 3 ? 64 : 2) {
                try? TopicsMessage(id: id, payload: payload[...])
            }
            guard let message else { continue }
            try require(message.id == id, "\(name) becomes message \(message.id)")
            try checkEncoding(message, version: 1, of: payload, name)
        }
    }
}

/// The messages of blocks/1.
public func fuzzBlocks(_ bytes: [UInt8]) throws(BrokenProperty) {
    for payload in RLPMender.variants(bytes) {
        for id in 0...BlocksMessage.reservedIDs {
            let name = "blocks/1 message \(id)"
            // The few contacts of a prune are larger in memory than on the wire.
            let factor = id == BlocksMessageID.prune.rawValue ? 64 : 2
            let message = try HeldMemory.bounded(name, wireBytes: payload.count, factor: factor) {
                try? BlocksMessage(id: id, payload: payload[...])
            }
            guard let message else { continue }
            try require(message.id == id, "\(name) becomes message \(message.id)")
            try checkEncoding(message, version: 1, of: payload, name)
            switch message {
            case .blocks(_, let blocks): try checkList(blocks, name)
            case .blockTransactions(_, let transactions): try checkList(transactions, name)
            case .getBlockTransactions(_, _, let request):
                let indices = request.indices
                try require(indices == indices.sorted() && indices.count == request.count, name)
            case .compactBlock(let block):
                try require(block.transactionCount <= EthLimits.maxBlockTransactions, name)
            case .graft, .prune, .want, .dontWant, .newBlockHashes, .getBlocks: break
            }
        }
    }
}
