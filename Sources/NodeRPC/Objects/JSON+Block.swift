import Chain
import Primitives
import RLP

extension JSON {
    /// A header's fields under go-ethereum's names, without the hash.
    private static func fields(of header: Header) -> [Member] {
        var fields: [Member] = [
            Member("parentHash", .data(header.parentHash)),
            Member("nonce", .data((0..<8).map { UInt8(truncatingIfNeeded: header.nonce >> (56 - 8 * UInt64($0))) })),
            Member("mixHash", .data(header.mixHash)),
            Member("sha3Uncles", .data(header.ommersHash)),
            Member("logsBloom", .data(header.logsBloom)),
            Member("stateRoot", .data(header.stateRoot)),
            Member("miner", .data(header.beneficiary)),
            Member("difficulty", .quantity(header.difficulty)),
            Member("extraData", .data(header.extraData)),
            Member("gasLimit", .quantity(header.gasLimit)),
            Member("gasUsed", .quantity(header.gasUsed)),
            Member("timestamp", .quantity(header.timestamp)),
            Member("transactionsRoot", .data(header.transactionsRoot)),
            Member("receiptsRoot", .data(header.receiptsRoot)),
        ]
        if let fee = header.baseFeePerGas { fields.append("baseFeePerGas", .quantity(fee)) }
        if let root = header.withdrawalsRoot { fields.append("withdrawalsRoot", .data(root)) }
        if let gas = header.blobGasUsed { fields.append("blobGasUsed", .quantity(gas)) }
        if let gas = header.excessBlobGas { fields.append("excessBlobGas", .quantity(gas)) }
        if let root = header.parentBeaconBlockRoot { fields.append("parentBeaconBlockRoot", .data(root)) }
        if let hash = header.requestsHash { fields.append("requestsHash", .data(hash)) }
        if let hash = header.blockAccessListHash { fields.append("blockAccessListHash", .data(hash)) }
        if let slot = header.slotNumber { fields.append("slotNumber", .quantity(slot)) }
        return fields
    }

    /// A block as eth_getBlockByNumber gives it.
    ///
    /// - Parameters:
    ///   - isFull: whether transactions are whole objects, not hashes.
    ///   - totalDifficulty: left out where it is nil.
    /// - Complexity: with whole transactions, the recovery of each sender, some 40 microseconds.
    static func block(_ block: Block, isFull: Bool, totalDifficulty: UInt256?, config: ChainConfig) -> JSON {
        var members = [
            Member("number", .quantity(block.number)), Member("hash", .data(block.hash)),
        ]
        members += fields(of: block.header)
        if let totalDifficulty { members.append("totalDifficulty", .quantity(totalDifficulty)) }
        members.append("size", .quantity(block.rlp.count))
        let transactions: [JSON] = block.transactions.enumerated().map { index, transaction in
            isFull
                ? .transaction(transaction, in: MinedPlace(block: block, index: index), config: config)
                : .data(transaction.hash)
        }
        members.append("transactions", .array(transactions))
        members.append("uncles", .array(block.body.ommers.map { .data($0.hash) }))
        if let withdrawals = block.body.withdrawals {
            members.append("withdrawals", .array(withdrawals.map(withdrawal)))
        }
        return .object(members)
    }

    private static func withdrawal(_ withdrawal: Withdrawal) -> JSON {
        [
            "index": .quantity(withdrawal.index), "validatorIndex": .quantity(withdrawal.validatorIndex),
            "address": .data(withdrawal.address), "amount": .quantity(withdrawal.amount),
        ]
    }
}
