/// The status of one node at some time, from its JSON-RPC.
struct NodeSnapshot: Sendable {
    let number: UInt64
    let hash: String
    let peers: Int
    let pending: Int
    let queued: Int
    let isSyncing: Bool
    /// The times at which the newest blocks reached the node, by hash.
    let arrivals: [String: Arrival]

    struct Arrival: Sendable {
        let number: UInt64
        /// Since the Unix epoch.
        let milliseconds: Double
        let isSealedHere: Bool
    }

    /// Queries a node; nil if it doesn't answer. Arrivals are queried only if the head has changed since `last`.
    static func take(_ client: RPCClient, after last: NodeSnapshot? = nil) async -> NodeSnapshot? {
        guard let status = try? await client.call("starling_status").object,
            let number = quantity(status["number"]), let hash = status["hash"] as? String
        else { return nil }
        var arrivals = last?.hash == hash ? last?.arrivals ?? [:] : [:]
        for entry in last?.hash == hash ? [] : (try? await client.call("starling_blockArrivals", ["0x40"]).array) ?? []
        {
            guard let hash = entry["hash"] as? String, let number = quantity(entry["number"]),
                let milliseconds = entry["arrivalMs"] as? Double
            else { continue }
            arrivals[hash] = Arrival(
                number: number, milliseconds: milliseconds, isSealedHere: entry["sealedHere"] as? Bool ?? false)
        }
        return NodeSnapshot(
            number: number, hash: hash, peers: Int(quantity(status["peers"]) ?? 0),
            pending: Int(quantity(status["pending"]) ?? 0), queued: Int(quantity(status["queued"]) ?? 0),
            isSyncing: status["syncing"] as? Bool ?? false, arrivals: arrivals)
    }
}
