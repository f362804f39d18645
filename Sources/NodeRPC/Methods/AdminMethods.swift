import EthCrypto
import NodeNIO

extension RPCMethod {
    static let admin: [RPCMethod] = [
        RPCMethod("admin_nodeInfo", [], "Who the node is, where it listens, and which chain it has.") {
            (context, _) async throws(RPCError) in
            let (identity, profile) = (await context.node.identity(), context.node.profile)
            let head = try await context.read { (chain) throws(RPCError) in try chain.head() }
            return .nodeInfo(identity, profile, head)
        },
        RPCMethod(
            "admin_peers", [],
            "The connected peers, with what is held against each and what it is good for. `latency` is how many seconds 50, 95 and 99 % of the last answers to requests for blocks took."
        ) { (context, _) async throws(RPCError) in
            .array(await context.node.peers().map { .peer($0) })
        },
        RPCMethod(
            "admin_addPeer", ["url"],
            "Keeps a connection to the node of an `enode://` URL or a record `enr:`. A host name is looked up again and again.",
            changesNode: true
        ) { (context, arguments) async throws(RPCError) in
            try await context.node.addPeer(try NodeReference(peer: try arguments.text(0)))
            return true
        },
        RPCMethod(
            "admin_removePeer", ["url"], "Ends the connection to a node and no longer keeps one.", changesNode: true
        ) { (context, arguments) async throws(RPCError) in
            try await context.node.removePeer(try NodeReference(peer: try arguments.text(0)).publicKey.nodeID)
            return true
        },
    ]
}
