import SansIO

/// An attack on the spreading of blocks: a small network of honest nodes, and nodes of the attacker among them.
///
/// All are there from the start and dial in turns. Honest nodes draw whom they dial from all nodes, so the attacker gets
/// as many of these connections as it has nodes; its nodes dial honest ones only, until these take no more.
public struct AttackScenario: Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// The attacker's nodes pass on what they should, then all fall silent at once.
        case covertFlash = "covert-flash"
        /// They are there from the start, in the meshes too, and pass nothing on.
        case coldBoot = "cold-boot"
        /// As in a cold boot, and they announce each block at once to all their peers and never deliver it.
        case falseAnnouncements = "false-announcements"
    }

    public var kind = Kind.coldBoot
    public var honest = 300
    /// The attacker's nodes.
    public var sybils = 0
    public var seed: UInt64 = 1
    /// In what time a block should be there.
    public var within = Duration.seconds(4)
    /// Whom each of the attacker's nodes dials.
    public var sybilDials = PeerGraph.maxPeers
    /// Blocks before a covert flash, and those that are measured, of honest nodes; a covert flash is half a second before
    /// the first of these.
    public var earlierBlocks = 5
    public var measuredBlocks = 3
    /// The network, without nodes and seed.
    public var network = PropagationScenario()

    public init() {
        network.interval = .seconds(5)
        network.warmUp = .seconds(5)
    }

    /// The share of honest nodes and measured blocks where the block was there in time.
    public func share(_ policy: RelayPolicy) -> Double {
        var scenario = network
        scenario.seed = seed
        scenario.nodes = honest + sybils
        scenario.blocks = (kind == .covertFlash ? earlierBlocks : 0) + measuredBlocks
        let form = scenario.form ?? policy.usualForm
        return share(policy.relay(form), form, scenario)
    }

    private func share<Node: Relay>(_ node: Node.Type, _ form: BlockForm, _ scenario: PropagationScenario) -> Double {
        let publishers = scenario.publishers(among: honest)
        var swarm = RelaySwarm<Node>(scenario, form: form, graph: graph(scenario), publishers: publishers)
        let first = publishers.count - measuredBlocks
        let silence = Instant(nanoseconds: scenario.moment(of: first).nanoseconds - 500_000_000)
        swarm.adversary = Adversary(kind, firstNode: honest, silentFrom: silence)
        swarm.run()
        var inTime = 0
        for block in first..<publishers.count {
            let end = scenario.moment(of: block) + within
            inTime += (0..<honest).count { swarm.record.arrival(of: block, at: $0) ?? .distantFuture <= end }
        }
        return Double(inTime) / Double(max(1, honest * measuredBlocks))
    }

    func graph(_ scenario: PropagationScenario) -> PeerGraph {
        var random = NodeRandom(seed: seed, stream: 0x6772_6170_68)
        let all = honest + sybils
        var graph = PeerGraph(nodes: all)
        for turn in 0..<max(scenario.dials, sybils > 0 ? sybilDials : 0) {
            if turn < scenario.dials {
                graph.dial(from: 0..<honest, to: 0..<all, maxPeers: scenario.maxPeers, random: &random)
            }
            if turn < sybilDials {
                graph.dial(from: honest..<all, to: 0..<honest, maxPeers: scenario.maxPeers, random: &random)
            }
        }
        return graph
    }
}

/// How much of an attack a policy stands.
public struct AttackBudget: Sendable {
    public let policy: RelayPolicy
    public let kind: AttackScenario.Kind
    public let seeds: Int
    /// The attacker's nodes per honest one that were tried, and the share of blocks that came in time, over all seeds: in
    /// the order in which they were tried.
    public let tried: [(ratio: Double, share: Double)]
    /// The most of them with which the goal is still reached, and the fewest with which it isn't; nil where the search's
    /// bounds don't.
    public let holds: Double?
    public let fails: Double?

    /// Halves the range of the attacker's nodes until the border is known to a tenth of the honest nodes.
    ///
    /// - Parameters:
    ///   - goal: the share of blocks and honest nodes that must have it in time, over all seeds.
    ///   - mostRatio: the attacker's nodes per honest one at the upper end.
    ///   - share: runs a scenario with many seeds; the caller may do so on many threads.
    public static func search(
        _ policy: RelayPolicy, _ scenario: AttackScenario, seeds: Int, goal: Double = 0.99, mostRatio: Double = 8,
        share: (AttackScenario) -> Double
    ) -> AttackBudget {
        var tried: [(ratio: Double, share: Double)] = []
        func holds(_ ratio: Double) -> Bool {
            var attempt = scenario
            attempt.sybils = Int((Double(scenario.honest) * ratio).rounded())
            let result = share(attempt)
            tried.append((ratio, result))
            return result >= goal
        }
        var (low, high): (Double?, Double?) = (nil, nil)
        if !holds(0) {
            high = 0
        } else if holds(mostRatio) {
            low = mostRatio
        } else {
            var (good, bad) = (0.0, mostRatio)
            while bad - good > 0.125 {
                let middle = (good + bad) / 2
                if holds(middle) { good = middle } else { bad = middle }
            }
            (low, high) = (good, bad)
        }
        return AttackBudget(
            policy: policy, kind: scenario.kind, seeds: seeds, tried: tried, holds: low, fails: high)
    }
}
