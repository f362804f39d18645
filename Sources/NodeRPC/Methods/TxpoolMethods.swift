import Chain
import EthCrypto
import Primitives

extension RPCMethod {
    /// The most transactions of each kind in an answer, some 4 MiB of text.
    private static let maxPoolTransactions = 4096

    static let txpool: [RPCMethod] = [
        RPCMethod("txpool_status", [], "How many transactions wait in the pool.") {
            (context, _) async throws(RPCError) in
            let activity = await context.node.activity()
            return ["pending": .quantity(activity.pendingCount), "queued": .quantity(activity.queuedCount)]
        },
        RPCMethod(
            "txpool_content", [], "The transactions in the pool by sender and nonce; at most 4096 of each kind."
        ) { (context, _) async throws(RPCError) in
            let config = context.node.profile.config
            let pool = await context.node.pool(limit: maxPoolTransactions)
            return try await context.read { (_) throws(RPCError) in
                json(pool) { .transaction($0, in: nil, sender: $1, config: config) }
            }
        },
        RPCMethod(
            "txpool_inspect", [], "As txpool_content, each transaction in one line."
        ) { (context, _) async throws(RPCError) in
            json(await context.node.pool(limit: maxPoolTransactions)) { transaction, _ in
                let recipient = transaction.to?.checksummed ?? "contract creation"
                return .string(
                    "\(recipient): \(transaction.value) wei + \(transaction.gasLimit) gas × \(transaction.maxFeePerGas) wei"
                )
            }
        },
    ]

    private static func json(_ pool: PoolContent, _ write: (Transaction, Address) -> JSON) -> JSON {
        func part(_ entries: [PoolContent.Entry]) -> JSON {
            .object(
                entries.map { entry in
                    let transactions = entry.transactions.map {
                        JSON.Member(String($0.nonce), write($0, entry.sender))
                    }
                    return JSON.Member(entry.sender.checksummed, .object(transactions))
                })
        }
        return ["pending": part(pool.pending), "queued": part(pool.queued)]
    }
}
