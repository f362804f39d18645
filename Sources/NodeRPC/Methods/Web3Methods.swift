import EthCrypto

extension RPCMethod {
    static let web3: [RPCMethod] = [
        RPCMethod("web3_clientVersion", [], "What the node calls itself.") { (context, _) async throws(RPCError) in
            .string(context.node.profile.clientID)
        },
        RPCMethod("web3_sha3", ["data"], "Keccak-256 of the bytes.") { (_, arguments) throws(RPCError) in
            .data(Keccak256.hash(try arguments.bytes(0)))
        },
    ]
}
