import Foundation

/// Polls the status of all nodes, each in a separate task, so that a silent node doesn't delay the others.
actor Observations {
    struct Observation: Sendable {
        var snapshot: NodeSnapshot
        var taken: Date
    }

    private let clients: [RPCClient]
    private let interval: Double
    private var latest: [Observation?]
    private var enrs: [String]
    private var isOver = false

    init(_ clients: [RPCClient]) {
        self.clients = clients
        // With many nodes on few cores, polling less often leaves them time for their work.
        interval = max(0.5, Double(clients.count) * 0.02)
        latest = Array(repeating: nil, count: clients.count)
        enrs = Array(repeating: "", count: clients.count)
    }

    /// The age of an observation in seconds from which a node counts as silent.
    nonisolated var patience: Double { 3 + 4 * interval }

    func start() {
        for index in clients.indices { Task { await ask(index) } }
    }

    /// Stops polling. Pending requests end by their timeout: Foundation's URLSession can deadlock if a task that waits
    /// for it is cancelled while the response arrives.
    func end() { isOver = true }

    /// By node: the latest observation, nil if there is none since `forget`; and the node records.
    func all() -> (observations: [Observation?], enrs: [String]) { (latest, enrs) }

    /// Discards the observation of a node that is started again.
    func forget(_ index: Int) { latest[index] = nil }

    private func ask(_ index: Int) async {
        while !isOver {
            let client = clients[index]
            if let snapshot = await NodeSnapshot.take(client, after: latest[index]?.snapshot) {
                if latest[index] == nil, let enr = try? await client.call("admin_nodeInfo").object?["enr"] as? String {
                    enrs[index] = enr
                }
                latest[index] = Observation(snapshot: snapshot, taken: Date())
            }
            // Poll more often until the node has started.
            let pause = latest[index] == nil ? min(interval, 0.25) : interval
            try? await Task.sleep(nanoseconds: UInt64(pause * 1_000_000_000))
        }
    }
}
