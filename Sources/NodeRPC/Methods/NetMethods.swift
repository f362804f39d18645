extension RPCMethod {
    static let net: [RPCMethod] = [
        RPCMethod("net_version", [], "The network's id, in decimal.") { (context, _) async throws(RPCError) in
            .string(String(context.node.profile.networkID))
        },
        RPCMethod("net_peerCount", [], "The number of connected peers.") { (context, _) async throws(RPCError) in
            .quantity(await context.node.activity().peerCount)
        },
        RPCMethod("net_listening", [], "Whether the node accepts connections from peers.") {
            (context, _) async throws(RPCError) in
            .bool(await context.node.identity().listenAddress != nil)
        },
    ]
}
