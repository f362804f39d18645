/// The time that blocks took from their signer to each node, by the nodes' clocks, which are the same on one machine.
struct Propagation {
    /// The milliseconds of the newest blocks for each node, oldest first.
    private(set) var recent: [[Double]]
    private var seen: [Set<String>]
    private static let window = 32

    init(nodes: Int) {
        recent = Array(repeating: [], count: nodes)
        seen = Array(repeating: [], count: nodes)
    }

    mutating func add(_ snapshots: [NodeSnapshot?]) {
        var sealed: [String: Double] = [:]
        for snapshot in snapshots.compactMap({ $0 }) {
            for (hash, arrival) in snapshot.arrivals where arrival.isSealedHere { sealed[hash] = arrival.milliseconds }
        }
        for (node, snapshot) in snapshots.enumerated() {
            let arrivals = (snapshot?.arrivals ?? [:]).sorted { $0.value.number < $1.value.number }
            for (hash, arrival) in arrivals where !arrival.isSealedHere && !seen[node].contains(hash) {
                guard let start = sealed[hash] else { continue }
                if seen[node].count > 1024 { seen[node].removeAll() }
                seen[node].insert(hash)
                recent[node].append(max(0, arrival.milliseconds - start))
                if recent[node].count > Self.window { recent[node].removeFirst() }
            }
        }
    }

    /// The latest value in milliseconds and the median of the last 32; nil before the first.
    func figures(of node: Int) -> (last: Double, median: Double)? {
        guard let last = recent[node].last else { return nil }
        let sorted = recent[node].sorted()
        return (last, sorted[sorted.count / 2])
    }
}
