import Chain
import EthCrypto
import Primitives
import RLP

extension JSON {
    /// The receipts of a block as eth_getBlockReceipts gives them. There is one for each transaction.
    ///
    /// - Complexity: the recovery of each sender, some 40 microseconds.
    static func receipts(_ receipts: [Receipt], of block: Block, config: ChainConfig) -> [JSON] {
        block.transactions.indices.map { receipt(receipts, at: $0, of: block, config: config) }
    }

    /// One of a block's receipts; the others say how much gas and how many logs came before.
    static func receipt(_ receipts: [Receipt], at index: Int, of block: Block, config: ChainConfig) -> JSON {
        let place = MinedPlace(block: block, index: index)
        let (receipt, transaction) = (receipts[index], block.transactions[index])
        let before = index > 0 ? receipts[index - 1].cumulativeGasUsed : 0
        let header = block.header
        let isOld = config.fork(number: header.number, time: header.timestamp) < .homestead
        let sender = try? transaction.sender(allowsHighS: isOld)
        let firstLog = receipts[..<index].reduce(0) { $0 + $1.logs.count }
        var members = [
            Member("blockHash", .data(block.hash)),
            Member("blockNumber", .quantity(header.number)),
            Member("transactionHash", .data(transaction.hash)),
            Member("transactionIndex", .quantity(index)),
            Member("from", .optional(sender) { .data($0) }),
            Member("to", .optional(transaction.to) { .data($0) }),
            Member("gasUsed", .quantity(receipt.cumulativeGasUsed &- before)),
            Member("cumulativeGasUsed", .quantity(receipt.cumulativeGasUsed)),
            Member("contractAddress", created(by: transaction, sender)),
            Member(
                "logs",
                .array(receipt.logs.enumerated().map { offset, entry in log(entry, firstLog + offset, in: place) })),
            Member("logsBloom", .data(receipt.bloom)),
            Member("type", .quantity(UInt64(receipt.type))),
            Member("effectiveGasPrice", .quantity(transaction.gasPrice(baseFee: header.baseFeePerGas))),
        ]
        switch receipt.status {
        case .failed: members.append("status", "0x0")
        case .succeeded: members.append("status", "0x1")
        case .root(let root): members.append("root", .data(root))
        }
        if transaction.type == .blob {
            members.append("blobGasUsed", .quantity(transaction.blobGas))
            if let price = BlobFee.price(of: header, config: config) {
                members.append("blobGasPrice", .quantity(price))
            }
        }
        return .object(members)
    }

    private static func log(_ log: Log, _ index: Int, in place: MinedPlace) -> JSON {
        let block = place.block
        return [
            "address": .data(log.address), "topics": .array(log.topics.map { .data($0) }), "data": .data(log.data),
            "blockNumber": .quantity(block.number), "transactionHash": .data(block.transactions[place.index].hash),
            "transactionIndex": .quantity(place.index), "blockHash": .data(block.hash),
            "blockTimestamp": .quantity(block.header.timestamp), "logIndex": .quantity(index), "removed": false,
        ]
    }

    /// The address of the contract that the transaction created: the hash of `[sender, nonce]`.
    private static func created(by transaction: Transaction, _ sender: Address?) -> JSON {
        guard transaction.to == nil, let sender else { return .null }
        var writer = RLPWriter()
        writer.list { list in
            list.write(sender)
            list.write(transaction.nonce)
        }
        return .data(Address(lastBytesOf: Keccak256.hash(writer.bytes)))
    }
}
