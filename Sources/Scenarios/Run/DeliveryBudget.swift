public import Simulator

/// How many hostile nodes it takes until a network of a scenario no longer delivers what honest nodes send, to each of
/// them.
public struct DeliveryBudget: Sendable {
    /// One number of hostile nodes, tried with some seeds.
    public struct Attempt: Sendable {
        public let attackers: Int
        /// Of the pairs of a thing and an honest node, over all seeds.
        public let delivered: Double
        /// In the worst of the seeds.
        public let worst: Double
        /// What came to the node to which the least came of what it should have, in any of the seeds: this decides.
        public let worstNode: Double
        /// Checkers apart from that of delivery, and with how many seeds they failed.
        public let failed: [String: Int]
    }

    public let scenario: String
    public let honest: Int
    public let seeds: Int
    /// Ascending.
    public let attempts: [Attempt]
    /// The most hostile nodes with which enough is delivered to every honest one, and the fewest with which it isn't; nil where the bounds of
    /// the search don't have them.
    public let holds: Int?
    public let fails: Int?

    /// Halves the range of the number of hostile nodes until the border is known to a tenth of the honest nodes. The
    /// honest nodes, and what they can and do, stay as in the scenario.
    ///
    /// - Parameters:
    ///   - mostRatio: hostile nodes per honest one at the upper end.
    ///   - jobs: how many seeds are run at a time.
    ///   - progress: called with the number of hostile nodes that is tried, and how far that is.
    public static func search(
        _ scenario: Scenario, seeds: [UInt64], mostRatio: Double, crypto: Simulation.Crypto, jobs: Int,
        progress: @escaping (Int, SeedRuns.Progress) -> Void = { _, _ in }
    ) throws(ScenarioError) -> DeliveryBudget {
        guard scenario.limits.deliverySeconds != nil, !scenario.adversaries.isEmpty else {
            throw ScenarioError("\(scenario.name) has no adversaries, or no 'delivery_seconds'")
        }
        let honest = scenario.honestCount
        var attempts: [Attempt] = []
        func holds(_ attackers: Int) throws(ScenarioError) -> Bool {
            let attempt = try Self.attempt(scenario.attacked(by: attackers), attackers, seeds, crypto, jobs) {
                progress(attackers, $0)
            }
            attempts.append(attempt)
            return attempt.worstNode >= scenario.limits.deliveryShare
        }
        var (good, bad) = (0, max(1, Int((mostRatio * Double(honest)).rounded())))
        var (low, high): (Int?, Int?) = (nil, nil)
        if try !holds(0) {
            high = 0
        } else if try holds(bad) {
            low = bad
        } else {
            while bad - good > max(1, honest / 10) {
                let middle = (good + bad) / 2
                if try holds(middle) { good = middle } else { bad = middle }
            }
            (low, high) = (good, bad)
        }
        return DeliveryBudget(
            scenario: scenario.name, honest: honest, seeds: seeds.count,
            attempts: attempts.sorted { $0.attackers < $1.attackers }, holds: low, fails: high)
    }

    private static func attempt(
        _ scenario: Scenario, _ attackers: Int, _ seeds: [UInt64], _ crypto: Simulation.Crypto, _ jobs: Int,
        _ progress: @escaping (SeedRuns.Progress) -> Void
    ) throws(ScenarioError) -> Attempt {
        var (pairs, delivered, worst, worstNode) = (0, 0, 1.0, 1.0)
        var failed: [String: Int] = [:]
        try SeedRuns.each(seeds, of: scenario, crypto: crypto, jobs: jobs, progress: progress) { report in
            guard let delivery = report.delivery else { return }
            pairs += delivery.pairs
            delivered += delivery.delivered
            worst = min(worst, delivery.share)
            worstNode = min(worstNode, delivery.pairs > 0 ? delivery.worstNodeShare : 0)
            for verdict in report.verdicts where verdict.outcome == .fails && verdict.name != delivery.checker {
                failed[verdict.name, default: 0] += 1
            }
        }
        return Attempt(
            attackers: attackers, delivered: pairs > 0 ? Double(delivered) / Double(pairs) : 0, worst: worst,
            worstNode: worstNode, failed: failed)
    }
}

extension Scenario {
    /// Nodes that don't misbehave.
    var honestCount: Int { nodes - adversaries.reduce(0) { $0 + $1.count(of: nodes) } }

    /// The scenario with as many honest nodes and another number of hostile ones, which share the behaviours as before.
    func attacked(by attackers: Int) -> Scenario {
        let honest = honestCount
        let before = max(1, nodes - honest)
        var scenario = self
        scenario.nodes = honest + attackers
        // Sums are rounded, so that all together are as many as they shall be.
        var (sum, taken) = (0, 0)
        for index in adversaries.indices {
            sum += adversaries[index].count(of: nodes)
            let end = (attackers * sum + before / 2) / before
            scenario.adversaries[index].share = Double(end - taken) / Double(scenario.nodes)
            taken = end
        }
        return scenario
    }
}

extension Scenario.Adversary {
    /// How many nodes of so many they are. An exact product may come out a little above the whole number that it is.
    func count(of nodes: Int) -> Int { Int((share * Double(nodes) - 1e-9).rounded(.up)) }
}
