import Chain
import RLP

extension RPCMethod {
    static let ethTransactions: [RPCMethod] = [
        RPCMethod(
            "eth_sendRawTransaction", ["transaction"],
            "Hands a signed transaction to the pool and the peers; its hash."
        ) { (context, arguments) async throws(RPCError) in
            .data(try await context.node.submit(try transaction(arguments)))
        },
        RPCMethod(
            "eth_getTransactionByHash", ["hash"],
            "A transaction of the chain, or one that waits in the pool; null if it is unknown."
        ) { (context, arguments) async throws(RPCError) in
            let hash = try arguments.hash(0)
            // The pool first: a block takes a transaction out of the pool when it is in the chain already.
            let pooled = await context.node.pooledTransaction(hash)
            return try await context.read { (chain) throws(RPCError) in
                if let found = try chain.transaction(hash) { return chain.transactionObject(found.block, found.index) }
                return .optional(pooled) { .transaction($0, in: nil, config: chain.config) }
            }
        },
        RPCMethod(
            "eth_getTransactionByBlockNumberAndIndex", ["block", "index"],
            "A transaction by its place in a block; null if there is none."
        ) { (chain, arguments) throws(RPCError) in
            try chain.transactionObject(try arguments.blockNumber(0), at: try arguments.quantity(1))
        },
        RPCMethod(
            "eth_getTransactionByBlockHashAndIndex", ["hash", "index"],
            "A transaction by its place in a block; null if there is none."
        ) { (chain, arguments) throws(RPCError) in
            let selector = BlockSelector.hash(try arguments.hash(0), mustBeCanonical: false)
            return try chain.transactionObject(selector, at: try arguments.quantity(1))
        },
        RPCMethod(
            "eth_getTransactionReceipt", ["hash"],
            "What a transaction of the chain did; null if it is unknown or waits in the pool."
        ) { (chain, arguments) throws(RPCError) in
            guard let (block, index) = try chain.transaction(try arguments.hash(0)) else { return nil }
            return .receipt(try chain.receipts(of: block), at: index, of: block, config: chain.config)
        },
    ]

    /// Decodes a transaction as go-ethereum does, with its errors.
    private static func transaction(_ arguments: Arguments) throws(RPCError) -> Transaction {
        let bytes = try arguments.bytes(0)
        guard let first = bytes.first else { throw .failed("typed transaction too short") }
        // A type that exists, but needs an EVM or KZG proofs, is refused by the pool; blobs come with a sidecar.
        guard first >= 0xc0 || (1...2).contains(first) || first == TransactionType.setCode.rawValue else {
            throw .failed("transaction type not supported")
        }
        let transaction: Transaction
        do throws(RLPError) {
            transaction = try Transaction(encoded: bytes)
        } catch {
            throw .failed("rlp: \(error)")
        }
        guard transaction.chainID != nil else {
            throw .failed("only replay-protected (EIP-155) transactions allowed over RPC")
        }
        return transaction
    }
}

extension ChainReader {
    fileprivate func transactionObject(_ block: Block, _ index: Int) -> JSON {
        .transaction(block.transactions[index], in: MinedPlace(block: block, index: index), config: config)
    }

    fileprivate func transactionObject(_ selector: BlockSelector, at index: UInt64) throws(RPCError) -> JSON {
        guard let block = try block(selector), let index = Int(exactly: index),
            block.transactions.indices.contains(index)
        else { return nil }
        return transactionObject(block, index)
    }
}
