import Chain
import Storage

extension RPCMethod {
    static let ethNode: [RPCMethod] = [
        RPCMethod("eth_chainId", [], "The id that transactions are signed for.") {
            (context, _) async throws(RPCError) in
            .quantity(context.node.profile.config.chainID)
        },
        RPCMethod("eth_blockNumber", [], "The number of the newest block.") { (chain, _) throws(RPCError) in
            .quantity(try chain.head().number)
        },
        RPCMethod("eth_syncing", [], "How far the download of the chain has come; false when there is none.") {
            (context, _) async throws(RPCError) in
            guard let sync = await context.node.activity().sync else { return false }
            return [
                "startingBlock": .quantity(sync.starting), "currentBlock": .quantity(sync.current),
                "highestBlock": .quantity(sync.highest),
            ]
        },
        RPCMethod("eth_accounts", [], "Always empty: the node holds no keys of accounts.") {
            (_, _) async throws(RPCError) in []
        },
        RPCMethod("eth_mining", [], "Whether the node seals blocks.") { (context, _) async throws(RPCError) in
            .bool(context.node.profile.isSealing)
        },
        RPCMethod("eth_hashrate", [], "Always zero: sealing is signing here, not hashing.") {
            (_, _) async throws(RPCError) in .quantity(0)
        },
    ]
}
