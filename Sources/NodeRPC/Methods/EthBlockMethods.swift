import Chain

extension RPCMethod {
    static let ethBlocks: [RPCMethod] = [
        RPCMethod(
            "eth_getBlockByNumber", ["block", "full?"],
            "The block of a number or tag, with whole transactions or their hashes; null if there is none."
        ) { (chain, arguments) throws(RPCError) in
            try chain.blockObject(try arguments.blockNumber(0), isFull: try arguments.flag(1))
        },
        RPCMethod(
            "eth_getBlockByHash", ["hash", "full?"],
            "The block of a hash, with whole transactions or their hashes; null if there is none."
        ) { (chain, arguments) throws(RPCError) in
            try chain.blockObject(try arguments.blockHash(0), isFull: try arguments.flag(1))
        },
        RPCMethod(
            "eth_getBlockTransactionCountByNumber", ["block"], "The number of transactions of a block."
        ) { (chain, arguments) throws(RPCError) in
            .optional(try chain.block(try arguments.blockNumber(0))) { .quantity($0.transactions.count) }
        },
        RPCMethod(
            "eth_getBlockTransactionCountByHash", ["hash"], "The number of transactions of a block."
        ) { (chain, arguments) throws(RPCError) in
            .optional(try chain.block(try arguments.blockHash(0))) { .quantity($0.transactions.count) }
        },
        RPCMethod(
            "eth_getBlockReceipts", ["block"], "The receipts of a block; null if there is none."
        ) { (chain, arguments) throws(RPCError) in
            guard let block = try chain.block(try arguments.block(0)) else { return nil }
            return .array(JSON.receipts(try chain.receipts(of: block), of: block, config: chain.config))
        },
        RPCMethod(
            "eth_getUncleCountByBlockNumber", ["block"], "The number of ommers of a block."
        ) { (chain, arguments) throws(RPCError) in
            .optional(try chain.block(try arguments.blockNumber(0))) { .quantity($0.body.ommers.count) }
        },
        RPCMethod(
            "eth_getUncleCountByBlockHash", ["hash"], "The number of ommers of a block."
        ) { (chain, arguments) throws(RPCError) in
            .optional(try chain.block(try arguments.blockHash(0))) { .quantity($0.body.ommers.count) }
        },
    ]
}

extension Arguments {
    fileprivate func blockHash(_ index: Int) throws(RPCError) -> BlockSelector {
        .hash(try hash(index), mustBeCanonical: false)
    }
}

extension ChainReader {
    fileprivate func blockObject(_ selector: BlockSelector, isFull: Bool) throws(RPCError) -> JSON {
        guard let block = try block(selector) else { return nil }
        let total = try totalDifficulty(block.hash)
        return .block(block, isFull: isFull, totalDifficulty: total, config: config)
    }
}
