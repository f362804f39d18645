public import Links
import SansIO

/// A policy for passing blocks on, by the name that people give it.
public enum RelayPolicy: String, CaseIterable, Sendable {
    /// Blocks to all peers.
    case flooding
    /// Blocks to the square root of the peers, hashes to the rest.
    case eth
    /// gossipsub v1.1 with its defaults, blocks as messages.
    case gossipsub
    /// This house's own: `TopicMesh`, with compact blocks.
    case mesh

    /// The form in which it sends blocks where nothing else is asked for.
    public var usualForm: BlockForm { self == .mesh ? .compact : .whole }

    func relay(_ form: BlockForm) -> any Relay.Type {
        switch (self, form) {
        case (.flooding, .whole): FloodRelay.self
        case (.flooding, .compact): CompactRelay<FloodRelay>.self
        case (.eth, .whole): EthRelay.self
        case (.eth, .compact): CompactRelay<EthRelay>.self
        case (.gossipsub, .whole): GossipSubRelay.self
        case (.gossipsub, .compact): CompactRelay<GossipSubRelay>.self
        case (.mesh, .whole): MeshRelay.self
        case (.mesh, .compact): CompactRelay<MeshRelay>.self
        }
    }
}

/// How a block is sent, whoever gets it.
public enum BlockForm: String, CaseIterable, Sendable {
    case whole
    /// Short ids, prefilled transactions and sums for repair, as in `blocks/1`.
    case compact
}

/// What came of one policy under a workload.
public struct Propagation: Sendable {
    public let policy: RelayPolicy
    public let form: BlockForm
    public let nodes: Int
    public let blocks: Int
    /// Seconds from making to having a block, for each block and each node that got it, the maker left out.
    public let delays: Distribution
    /// The share of blocks and nodes that it reached.
    public let reached: Double
    /// Sent by all nodes together, per node and block; from the first block on, so that the upkeep of meshes counts too.
    public let bytesPerNode: Double
    /// Copies of a block, whole or compact, beyond the first, per node and block.
    public let duplicatesPerNode: Double
    public let messagesPerNode: Double
    /// Events that the simulation took.
    public let events: Int
    public let simulatedSeconds: Double

    /// Runs a workload under a policy.
    public static func run(_ policy: RelayPolicy, _ scenario: PropagationScenario) -> Propagation {
        let form = scenario.form ?? policy.usualForm
        return run(policy.relay(form), policy, form, scenario)
    }

    private static func run<Node: Relay>(
        _ node: Node.Type, _ policy: RelayPolicy, _ form: BlockForm, _ scenario: PropagationScenario
    ) -> Propagation {
        let graph = scenario.graph()
        var swarm = RelaySwarm<Node>(
            scenario, form: form, graph: graph, publishers: scenario.publishers(among: graph.count))
        swarm.run()
        return Propagation(policy, form, swarm)
    }

    init(_ policy: RelayPolicy, _ form: BlockForm, _ swarm: RelaySwarm<some Relay>) {
        let record = swarm.record
        var delays: [Double] = []
        delays.reserveCapacity(record.nodes * record.blocks)
        var duplicates = 0
        for block in 0..<record.blocks {
            for node in 0..<record.nodes {
                let isMaker = node == swarm.publishers[block]
                duplicates += max(0, record.copies(of: block, at: node) - (isMaker ? 0 : 1))
                guard !isMaker, let arrival = record.arrival(of: block, at: node) else { continue }
                delays.append((arrival - swarm.scenario.moment(of: block)).inSeconds)
            }
        }
        self.policy = policy
        self.form = form
        nodes = record.nodes
        blocks = record.blocks
        self.delays = Distribution(delays)
        let pairs = Double(record.nodes * record.blocks)
        reached = Double(delays.count) / Double(max(1, (record.nodes - 1) * record.blocks))
        bytesPerNode = Double(record.bytesSent.reduce(0, +)) / pairs
        duplicatesPerNode = Double(duplicates) / pairs
        messagesPerNode = Double(record.messagesSent.reduce(0, +)) / pairs
        events = swarm.eventCount
        simulatedSeconds = (swarm.now - Instant(nanoseconds: 0)).inSeconds
    }
}
