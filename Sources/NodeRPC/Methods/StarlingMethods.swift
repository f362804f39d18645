import PeerBook
import SansIO
import Storage

extension RPCMethod {
    /// The most blocks of one answer.
    private static let maxArrivals: UInt64 = 1024
    /// The most decisions of one answer.
    private static let maxDecisions: UInt64 = 2048

    static let starling: [RPCMethod] = [
        RPCMethod(
            "starling_status", [],
            "The node at a glance: name, head, peers, pool, whether it downloads, seconds since its start."
        ) { (context, _) async throws(RPCError) in
            let activity = await context.node.activity()
            let head = try await context.read { (chain) throws(RPCError) in try chain.head() }
            let profile = context.node.profile
            return [
                "name": .string(profile.clientID), "number": .quantity(head.number), "hash": .data(head.hash),
                "timestamp": .quantity(head.timestamp), "totalDifficulty": .quantity(head.totalDifficulty),
                "peers": .quantity(activity.peerCount), "pending": .quantity(activity.pendingCount),
                "queued": .quantity(activity.queuedCount), "syncing": .bool(activity.sync != nil),
                "sealing": .bool(profile.isSealing),
                "uptime": .double((context.now() - profile.startedAt).inSeconds),
            ]
        },
        RPCMethod(
            "starling_capabilities", [],
            "What each capability has exchanged with peers: messages and payload bytes, uncompressed, and messages that didn't decode."
        ) { (context, _) async throws(RPCError) in
            .array(await context.node.capabilities().map { .capability($0) })
        },
        RPCMethod(
            "starling_bandwidth", [],
            "The upload limits, what was sent of each class in bytes on the wire, what the limits have held back, and what waits now."
        ) { (context, _) async throws(RPCError) in .bandwidth(await context.node.bandwidth()) },
        RPCMethod(
            "starling_blockArrivals", ["count?"],
            "When the newest blocks first reached the node, in milliseconds since the Unix epoch; the newest last."
        ) { (context, arguments) async throws(RPCError) in
            let count = min(try arguments.optionalCount(0) ?? 64, maxArrivals)
            return .array(
                await context.node.blockArrivals(limit: Int(count)).map { arrival in
                    [
                        "number": .quantity(arrival.number), "hash": .data(arrival.hash),
                        "arrivalMs": .milliseconds(arrival.at), "sealedHere": .bool(arrival.sealedHere),
                    ]
                })
        },
        RPCMethod(
            "starling_peerEvents", ["count?"],
            "The newest decisions about peers, dials, refusals, drops and scores; the newest last. `reason` is for people, "
                + "`label` is its token for programs, the same as in the metrics."
        ) { (context, arguments) async throws(RPCError) in
            let count = min(try arguments.optionalCount(0) ?? 256, maxDecisions)
            return .array(await context.node.peerDecisions(limit: Int(count)).map { .decision($0) })
        },
        RPCMethod(
            "starling_peerSources", [],
            "From where the node knows the nodes that it may dial: a source each, with how many are known and how many connected."
        ) { (context, _) async throws(RPCError) in
            .array(
                await context.node.peerSources().map { source in
                    [
                        "source": .string(source.kind.rawValue), "known": .number("\(source.known)"),
                        "connected": .number("\(source.connected)"),
                    ]
                })
        },
        RPCMethod(
            "starling_peerBans", [],
            "The nodes and addresses that are kept out, for which offence and until when; the ban that ends first first."
        ) { (context, _) async throws(RPCError) in .array(await context.node.peerBans().map { .ban($0) }) },
    ]
}
