import Chain
import Primitives
import Storage

extension RPCMethod {
    static let ethFees: [RPCMethod] = [
        RPCMethod(
            "eth_gasPrice", [], "A price that is likely to be accepted soon, in wei: base fee and tip."
        ) { (context, _) async throws(RPCError) in
            let tips = context.tips
            return .quantity(
                try await context.read { (chain) throws(RPCError) in
                    let head = try chain.head()
                    return try tips.suggestion(for: head, chain) &+ (head.header.baseFeePerGas ?? .zero)
                })
        },
        RPCMethod(
            "eth_maxPriorityFeePerGas", [], "A tip that is likely to be accepted soon, in wei."
        ) { (context, _) async throws(RPCError) in
            let tips = context.tips
            return .quantity(
                try await context.read { (chain) throws(RPCError) in
                    try tips.suggestion(for: try chain.head(), chain)
                })
        },
        RPCMethod(
            "eth_feeHistory", ["count", "newest", "percentiles?"],
            "Base fees, fullness and paid tips of up to 1024 blocks, and the base fee of the block after them."
        ) { (chain, arguments) throws(RPCError) in
            try FeeHistory(chain, percentiles: try arguments.percentiles(2))
                .read(count: try arguments.count(0), newest: try arguments.blockNumber(1))
        },
    ]
}
