import Discovery
import EthCrypto
import EthNode
import Gossip
import Links
import NodeCore
import PeerBook
import Primitives
import SansIO
import Simulator
import Storage

extension ScenarioRun {
    /// A node must have been up for so long before something was sent, to be one of those that it must reach.
    static let settled = 20.0
    /// After a partition, or a time of loss, peers need so long to find each other.
    static let recovery = 40.0
    /// How long a block's or transaction's way is watched where the scenario says nothing, seconds.
    static let window = 10.0

    /// What the run has shown so far.
    ///
    /// - Parameter realSeconds: how long it took.
    public func report(realSeconds: Double) -> Report {
        let honest = simulation.nodes.filter { isHonest($0.index) }
        let running = honest.filter(\.isRunning)
        let window = scenario.limits.reachSeconds ?? Self.window
        let canonical = self.canonical(running)
        let blocks = spread(self.blocks.items.filter { canonical.contains($0.hash) }.map(\.item), window: window)
        let transactions = spread(self.transactions.items.map(\.item), window: window)
        let tables = running.map { Double($0.core.discoveryTable?.count ?? 0) }
        var report = Report(
            scenario: scenario.name, about: scenario.about, nodes: scenario.nodes, adversaries: network.roles.count,
            seed: seed, crypto: simulation.crypto.rawValue, seconds: elapsed, realSeconds: realSeconds,
            events: simulation.trace.count, traceHash: simulation.trace.hash.hex,
            checkpoints: simulation.trace.checkpoints.map(Report.Checkpoint.init),
            height: running.map(\.chain.status.head.number).max() ?? 0, blocks: blocks, transactions: transactions,
            blockDuplicates: blockDuplicates(running), transactionDuplicates: transactionDuplicates(honest),
            bytesPerSecond: Self.range(honest.map { Double($0.traffic.bytesSent) / max(1, elapsed) }),
            peakBytesPerSecond: tally.peakBytesPerSecond,
            peers: Self.range(running.map { Double($0.core.status.peerCount) }), tableEntries: Self.range(tables),
            bans: tally.bans.map { ban in
                Report.Ban(by: ban.by, of: ban.of, isOfHonest: isHonest(ban.of) && isHonest(ban.by), second: ban.at)
            },
            offences: tally.offences, offencesAmongHonest: tally.blame.charges, scores: scores(running),
            regions: regions(),
            refusedSubmissions: refusals.counts, deepestReorganization: tally.deepestReorganization,
            failures: tally.failures, samples: samples, faults: windows(), verdicts: [])
        report.delivery = delivery(canonical)
        report.recovery = recovery(canonical)
        report.verdicts = verdicts(report, running)
        return report
    }

    // MARK: Propagation

    private func spread(_ items: [Ledger.Item], window: Double) -> Report.Spread {
        var spread = Report.Spread()
        var delays: [Double] = []
        var expected = 0
        for item in items {
            let sent = (item.sent - start).inSeconds
            guard sent + window <= elapsed, !isDisturbed(sent...sent + window) else { continue }
            let nodes = simulation.nodes.indices.filter { isExpected($0, sent, window) }
            guard !nodes.isEmpty else { continue }
            spread.count += 1
            expected += nodes.count
            var delay = [Float](repeating: -1, count: simulation.nodes.count)
            for (node, after) in item.arrivals { delay[Int(node)] = after }
            for node in nodes where delay[node] >= 0 { delays.append(Double(delay[node])) }
        }
        let distribution = Distribution(delays)
        let sorted = distribution.values
        guard expected > 0, !sorted.isEmpty else { return spread }
        func quantile(_ share: Double) -> Double { distribution.quantile(share) ?? 0 }
        spread.reached = Double(sorted.count) / Double(expected)
        (spread.p50, spread.p95, spread.p99) = (quantile(0.5), quantile(0.95), quantile(0.99))
        spread.longest = quantile(1)
        spread.curve = (0...100).map { step in
            let index = min(sorted.count - 1, step * (sorted.count - 1) / 100)
            return [sorted[index], Double(index + 1) / Double(expected)]
        }
        return spread
    }

    private func isExpected(_ node: Int, _ sent: Double, _ window: Double) -> Bool {
        isHonest(node)
            && uptimes[node].contains { $0.lowerBound + Self.settled <= sent && sent + window <= $0.upperBound }
    }

    private func isDisturbed(_ time: ClosedRange<Double>) -> Bool {
        scenario.isDisturbed(time, recovery: Self.recovery)
    }

    /// The share of the transactions whose way can be judged that has reached enough nodes in time.
    func reach() -> (judged: Int, reached: Int) {
        guard let limit = scenario.limits.reachSeconds else { return (0, 0) }
        var judged = 0
        var reached = 0
        for (_, item) in transactions.items {
            let sent = (item.sent - start).inSeconds
            guard sent + limit <= elapsed, !isDisturbed(sent...sent + limit) else { continue }
            let nodes = Set(simulation.nodes.indices.filter { isExpected($0, sent, limit) })
            guard !nodes.isEmpty else { continue }
            judged += 1
            let inTime = item.arrivals.filter { Double($0.delay) <= limit && nodes.contains(Int($0.node)) }.count
            if Double(inTime) >= scenario.limits.reachShare * Double(nodes.count) { reached += 1 }
        }
        return (judged, reached)
    }

    private func windows() -> [Report.Window] {
        scenario.windows.filter { $0.time.lowerBound < elapsed }.map { one in
            Report.Window(
                name: one.fault.kind.rawValue, from: one.time.lowerBound, to: min(one.time.upperBound, elapsed))
        }
    }

    // MARK: Copies

    private func blockDuplicates(_ nodes: [SimulatedNode]) -> Double {
        let copies = nodes.flatMap { $0.chain.blockArrivals.map(\.copies) }.filter { $0 > 0 }
        return Self.mean(copies.map { Double($0 - 1) })
    }

    private func transactionDuplicates(_ nodes: [SimulatedNode]) -> Double {
        var bodies = 0.0
        var distinct = 0.0
        for node in nodes where !isGateway(node.index) {
            bodies += Double(tally.transactionBodies[node.index])
            distinct += Double(transactions.distinct(at: node.index))
        }
        return distinct > 0 ? max(0, bodies / distinct - 1) : 0
    }

    // MARK: Nodes

    /// The blocks of the chain that the first honest node has.
    private func canonical(_ nodes: [SimulatedNode]) -> Set<Hash32> {
        guard let node = nodes.max(by: { $0.chain.status.head.number < $1.chain.status.head.number }) else { return [] }
        let chain = ChainStore(node.store)
        return Set((0...node.chain.status.head.number).compactMap { try? chain.canonicalHash($0) })
    }

    private func scores(_ nodes: [SimulatedNode]) -> [Int] {
        var counts = [0, 0, 0, 0]
        for status in nodes.flatMap(\.core.peerStatuses) {
            let score = status.reputation?.score ?? 0
            counts[score <= 0 ? 0 : score <= 50 ? 1 : score <= 100 ? 2 : 3] += 1
        }
        return counts
    }

    private func regions() -> [String: Int] {
        var counts: [String: Int] = [:]
        for node in simulation.nodes { counts[simulation.region(of: node) ?? "anywhere", default: 0] += 1 }
        return counts
    }

    // MARK: Numbers

    static func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }

    private static func range(_ values: [Double]) -> Report.Range {
        let sorted = values.sorted()
        guard let least = sorted.first, let most = sorted.last else { return Report.Range() }
        return Report.Range(least: least, median: sorted[sorted.count / 2], most: most)
    }
}

extension Report.Checkpoint {
    init(_ checkpoint: Trace.Checkpoint) {
        count = checkpoint.count
        moment = checkpoint.moment.nanoseconds
        hash = checkpoint.hash.hex
    }
}
