import Chain
import Execution
import Primitives

extension RPCMethod {
    static let ethState: [RPCMethod] = [
        RPCMethod(
            "eth_getBalance", ["address", "block?"], "An account's balance after a block, in wei."
        ) { (chain, arguments) throws(RPCError) in
            .quantity(try chain.account(try arguments.address(0), at: try arguments.block(1)).balance)
        },
        RPCMethod(
            "eth_getTransactionCount", ["address", "block?"],
            "An account's nonce after a block; for `pending`, after its transactions in the pool too."
        ) { (context, arguments) async throws(RPCError) in
            let (address, selector) = (try arguments.address(0), try arguments.block(1))
            let pooled = selector == .pending ? await context.node.nextNonce(of: address) : nil
            let mined = try await context.read { (chain) throws(RPCError) in
                try chain.account(address, at: selector).nonce
            }
            return .quantity(max(mined, pooled ?? 0))
        },
        RPCMethod(
            "eth_getCode", ["address", "block?"], "An account's code after a block; `0x` if it has none."
        ) { (chain, arguments) throws(RPCError) in
            let address = try arguments.address(0)
            return try chain.state(at: try arguments.block(1)) { (state) throws(ExecutionError) in
                .data(try state.code(of: address))
            }
        },
        RPCMethod(
            "eth_getStorageAt", ["address", "slot", "block?"], "A slot of a contract's storage after a block, 32 bytes."
        ) { (chain, arguments) throws(RPCError) in
            let (address, key) = (try arguments.address(0), try arguments.storageKey(1))
            return try chain.state(at: try arguments.block(2)) { (state) throws(ExecutionError) in
                .data(try state.slot(key, of: address).bigEndian)
            }
        },
        RPCMethod(
            "eth_call", ["transaction", "block?"],
            "What a call of an account returns: `0x` from one without code, an error from a contract."
        ) { (context, arguments) async throws(RPCError) in
            let (request, selector) = (try arguments.call(0), try arguments.block(1))
            let executor = context.node.profile.executor
            _ = try await context.read { (chain) throws(RPCError) in
                try DryRun(request, at: selector, chain, executor).gasUsed()
            }
            return "0x"
        },
        RPCMethod(
            "eth_estimateGas", ["transaction", "block?"],
            "The gas that a transaction takes, which is exact for transfers."
        ) { (context, arguments) async throws(RPCError) in
            let (request, selector) = (try arguments.call(0), try arguments.block(1))
            let executor = context.node.profile.executor
            return .quantity(
                try await context.read { (chain) throws(RPCError) in
                    try DryRun(request, at: selector, chain, executor).gasUsed()
                })
        },
    ]
}
