import Chain
import Consensus
import EthCrypto
import Execution
import Primitives
import RLP

/// Transactions: alone, in lists, with blobs; and all that is computed from their fields.
public func fuzzTransaction(_ bytes: [UInt8]) throws(BrokenProperty) {
    try checkTransaction(bytes)
    // The type byte stays, the list behind it is mended.
    if let first = bytes.first, first < 0x80 {
        try checkTransaction([first] + RLPMender.mend(Array(bytes.dropFirst())))
    } else {
        try checkTransaction(RLPMender.mend(bytes))
    }
    try checkItem(bytes, Transaction.self)
    try checkItem(bytes, PooledTransaction.self)
    try checkItem(RLPMender.mend(bytes), Authorization.self)
    try checkItem(RLPMender.mend(bytes), AccessListEntry.self)
}

private func checkTransaction(_ bytes: [UInt8]) throws(BrokenProperty) {
    if let pooled = try? PooledTransaction(encoded: bytes[...]) {
        try require(pooled.encoded == bytes, "a pooled transaction keeps other bytes")
        if let sidecar = pooled.sidecar { _ = try? sidecar.check(hashes: pooled.transaction.blobHashes) }
    }
    guard let transaction = try? Transaction(encoded: bytes) else { return }
    try require(transaction.encoded == bytes && transaction.size == bytes.count, "a transaction keeps other bytes")
    try require(transaction.hash == Keccak256.hash(bytes), "a transaction has another hash")
    var writer = RLPWriter()
    transaction.encode(to: &writer)
    let again = try? Transaction(rlp: writer.bytes)
    try require(again == transaction, "a transaction doesn't come back out of a list")
    computeAll(transaction)
}

/// Nothing of this may trap, whatever the fields are.
private func computeAll(_ transaction: Transaction) {
    let fees = [nil, .zero, UInt256(1_000_000_000), transaction.maxFeePerGas, transaction.maxPriorityFeePerGas]
    for fee in fees {
        _ = transaction.gasPrice(baseFee: fee)
        _ = transaction.effectiveTip(baseFee: fee)
    }
    _ = (transaction.chainID, transaction.to, transaction.value, transaction.data.count, transaction.accessList)
    _ = (transaction.maxCost, transaction.maxFeePerBlobGas, transaction.blobHashes, transaction.blobGas)
    _ = (transaction.intrinsicGas, transaction.floorDataGas, transaction.signingHash)
    for fork in Fork.allCases { try? transaction.check(at: fork, chainID: transaction.chainID ?? 1) }
    _ = try? transaction.sender()
    _ = try? transaction.sender(allowsHighS: true)
    for authorization in transaction.authorizations.prefix(2) { _ = try? authorization.authority() }
}

/// An item that decodes is written as it came.
private func checkItem<Item: RLPEncodable & RLPDecodable>(_ bytes: [UInt8], _: Item.Type) throws(BrokenProperty) {
    guard let item = try? Item(rlp: bytes) else { return }
    try require(item.rlp == bytes, "\(Item.self), written anew, differs")
}

/// Headers, bodies, blocks, receipts; and the rules that look at a header's numbers.
public func fuzzBlock(_ bytes: [UInt8]) throws(BrokenProperty) {
    for variant in RLPMender.variants(bytes) {
        try checkItem(variant, Header.self)
        try checkItem(variant, BlockBody.self)
        try checkItem(variant, Block.self)
        try checkItem(variant, Withdrawal.self)
        try checkItem(variant, Log.self)
        try checkItem(variant, Account.self)
        try checkReceipt(variant)
        if let header = (try? Header(rlp: variant)) ?? (try? Block(rlp: variant))?.header { try checkHeader(header) }
        if let block = try? Block(rlp: variant) {
            try require(block.hash == block.header.hash, "a block has another hash than its header")
            _ = BodyRules.brokenRule(of: block.body, header: block.header)
        }
    }
}

private func checkReceipt(_ bytes: [UInt8]) throws(BrokenProperty) {
    var reader = RLPReader(bytes)
    if let receipt = try? Receipt(withoutBloomFrom: &reader), reader.isAtEnd {
        var writer = RLPWriter()
        receipt.encodeWithoutBloom(to: &writer)
        try require(writer.bytes == bytes, "a receipt without bloom, written anew, differs")
    }
    guard let receipt = try? Receipt(consensusEncoding: bytes[...]) else { return }
    let again = try? Receipt(consensusEncoding: receipt.consensusEncoding[...])
    try require(again == receipt, "a receipt doesn't come back")
}

private let configs: [ChainConfig] = {
    var clique = ChainConfig(chainID: 1)
    for fork in [\ChainConfig.homesteadBlock, \.eip150Block, \.eip155Block, \.eip158Block, \.byzantiumBlock] {
        clique[keyPath: fork] = 0
    }
    clique.londonBlock = 5
    clique.clique = CliqueConfig(period: 2)
    return [ChainConfig(chainID: 1), clique]
}()

/// Rules that compare a hostile header with a parent, and a hostile parent with a header.
private func checkHeader(_ header: Header) throws(BrokenProperty) {
    try require((try? Header(rlp: header.rlp)) == header, "a header doesn't come back")
    var honest = Header()
    honest.gasLimit = 30_000_000
    honest.number = header.number &- 1
    for config in configs {
        for (child, parent) in [(header, honest), (honest, header), (header, header)] {
            _ = GasRules.nextBaseFee(parent: parent, config: config)
            _ = GasRules.nextGasLimit(parent: parent, desired: child.gasLimit, config: config)
            try? GasRules.check(child, parent: parent, config: config)
        }
        try? HeaderRules.checkForkFields(header, config: config)
    }
    _ = CliqueHeader.signers(header.extraData)
    guard let signer = try? CliqueHeader.signer(of: header) else { return }
    let sealed = try? CliqueHeader.sealed(header, with: Fixed.peerKeys[0])
    if let sealed {
        let found = try? CliqueHeader.signer(of: sealed)
        try require(found == Fixed.peerKeys[0].publicKey.address, "a sealed header has signer \(signer)")
    }
}
