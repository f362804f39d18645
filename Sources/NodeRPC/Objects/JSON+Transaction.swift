import Chain
import Primitives

/// Where a transaction is in the chain.
struct MinedPlace {
    let block: Block
    let index: Int
}

extension JSON {
    /// A transaction as eth_getTransactionByHash gives it.
    ///
    /// - Parameters:
    ///   - place: nil for one that waits in the pool.
    ///   - sender: nil to recover it, which takes some 40 microseconds.
    static func transaction(
        _ transaction: Transaction, in place: MinedPlace?, sender: Address? = nil, config: ChainConfig
    ) -> JSON {
        let header = place?.block.header
        let isOld = header.map { config.fork(number: $0.number, time: $0.timestamp) < .homestead } ?? false
        let sender = sender ?? (try? transaction.sender(allowsHighS: isOld))
        var members = [
            Member("blockHash", .optional(place?.block.hash) { .data($0) }),
            Member("blockNumber", .optional(header?.number) { .quantity($0) }),
            Member("blockTimestamp", .optional(header?.timestamp) { .quantity($0) }),
            Member("transactionIndex", .optional(place?.index) { .quantity($0) }),
            Member("hash", .data(transaction.hash)),
            Member("from", .optional(sender) { .data($0) }),
            Member("to", .optional(transaction.to) { .data($0) }),
            Member("input", .data(transaction.data)),
            Member("nonce", .quantity(transaction.nonce)),
            Member("value", .quantity(transaction.value)),
            Member("gas", .quantity(transaction.gasLimit)),
            Member("gasPrice", .quantity(gasPrice(of: transaction, header))),
        ]
        members += typeFields(of: transaction)
        members += signatureFields(of: transaction)
        return .object(members)
    }

    /// What is paid in the block; before that, what is offered at most.
    private static func gasPrice(of transaction: Transaction, _ header: Header?) -> UInt256 {
        header.map { transaction.gasPrice(baseFee: $0.baseFeePerGas) } ?? transaction.maxFeePerGas
    }

    private static func typeFields(of transaction: Transaction) -> [Member] {
        var members = [Member("type", .quantity(UInt64(transaction.type.rawValue)))]
        if let chainID = transaction.chainID { members.append("chainId", .quantity(chainID)) }
        guard transaction.type != .legacy else { return members }
        members.append("accessList", .array(transaction.accessList.map(accessListEntry)))
        guard transaction.type != .accessList else { return members }
        members.append("maxFeePerGas", .quantity(transaction.maxFeePerGas))
        members.append("maxPriorityFeePerGas", .quantity(transaction.maxPriorityFeePerGas))
        if let fee = transaction.maxFeePerBlobGas {
            members.append("maxFeePerBlobGas", .quantity(fee))
            members.append("blobVersionedHashes", .array(transaction.blobHashes.map { .data($0) }))
        }
        if transaction.type == .setCode {
            members.append("authorizationList", .array(transaction.authorizations.map(authorization)))
        }
        return members
    }

    private static func accessListEntry(_ entry: AccessListEntry) -> JSON {
        ["address": .data(entry.address), "storageKeys": .array(entry.storageKeys.map { .data($0) })]
    }

    private static func authorization(_ authorization: Authorization) -> JSON {
        [
            "chainId": .quantity(authorization.chainID), "address": .data(authorization.address),
            "nonce": .quantity(authorization.nonce), "yParity": .quantity(UInt64(authorization.yParity)),
            "r": .quantity(authorization.r), "s": .quantity(authorization.s),
        ]
    }

    private static func signatureFields(of transaction: Transaction) -> [Member] {
        guard let signature = SignatureFields(transaction) else { return [] }
        var members = [
            Member("v", .quantity(signature.v)), Member("r", .quantity(signature.r)),
            Member("s", .quantity(signature.s)),
        ]
        if transaction.type != .legacy { members.append("yParity", .quantity(signature.v)) }
        return members
    }
}
