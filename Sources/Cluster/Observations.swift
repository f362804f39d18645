import Foundation

/// What the nodes say of themselves, asked for over and over; each by itself, so that one that is silent delays none.
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
        // Fifty nodes on two cores have better things to do than to answer.
        interval = max(0.5, Double(clients.count) * 0.02)
        latest = Array(repeating: nil, count: clients.count)
        enrs = Array(repeating: "", count: clients.count)
    }

    /// How old an observation may be until a node counts as silent.
    nonisolated var patience: Double { 3 + 4 * interval }

    func start() {
        for index in clients.indices { Task { await ask(index) } }
    }

    /// Nobody is asked any more. Requests that are underway end by their time-out: Foundation's URLSession can deadlock
    /// where a task that waits for it is cancelled in the moment of the answer.
    func end() { isOver = true }

    /// By node: the latest observation, nil where there is none since `forget`; and the records.
    func all() -> (observations: [Observation?], enrs: [String]) { (latest, enrs) }

    /// The node is started anew.
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
            // Until it answers, it is starting, and that is waited for.
            let pause = latest[index] == nil ? min(interval, 0.25) : interval
            try? await Task.sleep(nanoseconds: UInt64(pause * 1_000_000_000))
        }
    }
}
