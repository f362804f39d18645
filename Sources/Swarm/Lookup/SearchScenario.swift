public import Links
import SansIO

/// A network in which things are searched for, and the searches. Every method gets the same one.
public struct SearchScenario: Sendable {
    public var nodes = 1_000
    public var seed: UInt64 = 1
    public var searches = 1_000
    /// The share of nodes that are gone while tables still name them: nothing is repaired.
    public var deadShare = 0.0
    /// The share of nodes that have the rare thing, of those methods that search for things and not for nodes.
    public var itemShare = 0.001
    /// A question and its answer, and how long an answer is waited for (go-ethereum's discv4: respTimeout).
    public var roundTrip = Duration.milliseconds(100)
    public var timeout = Duration.milliseconds(500)

    public init() {}
}

/// How one finds something in a network, by the name that people give it.
public enum SearchMethod: String, CaseIterable, Sendable {
    /// XOR metric, 17 buckets of 16, three questions at a time, 16 nodes in an answer.
    case kademlia
    /// A ring with fingers at powers of two and 16 successors.
    case chord
    /// Prefixes of hexadecimal digits and a leaf set of 16.
    case pastry
    /// A random graph: the question goes to all peers, and on, so many hops.
    case flooding
    /// A random graph: 16 walkers carry the question from peer to peer.
    case randomWalks = "random-walks"

    /// Whether it leads to the node nearest to a key; otherwise to some node that has a rare thing.
    public var isStructured: Bool {
        switch self {
        case .kademlia, .chord, .pastry: true
        case .flooding, .randomWalks: false
        }
    }
}

/// What came of the searches of one method.
public struct SearchResult: Sendable {
    public let method: SearchMethod
    public let nodes: Int
    public let deadShare: Double
    /// The share of searches that found what they should: the living node nearest to the key, or one with the thing.
    public let success: Double
    /// From referral to referral to what was found; only of those that found it.
    public let hops: Distribution
    /// Of all searches, found or not: questions and answers.
    public let messages: Distribution
    public let bytes: Distribution
    public let seconds: Distribution

    /// Runs the searches of a scenario.
    public static func run(_ method: SearchMethod, _ scenario: SearchScenario) -> SearchResult {
        var random = NodeRandom(seed: scenario.seed, stream: 0x6c6f_6f6b)
        let population = Population(scenario, random: &random)
        let outcomes =
            switch method {
            case .kademlia: run(KademliaOverlay(population, random: &random), population, &random)
            case .chord: run(ChordOverlay(population), population, &random)
            case .pastry: run(PastryOverlay(population, random: &random), population, &random)
            case .flooding, .randomWalks:
                run(UnstructuredOverlay(method, population, random: &random), population, &random)
            }
        return SearchResult(method, scenario, outcomes)
    }

    private static func run(
        _ overlay: some Overlay, _ population: Population, _ random: inout NodeRandom
    ) -> [SearchOutcome] {
        (0..<population.scenario.searches).map { _ in
            let key = random.next()
            let start = population.anyAlive(&random)
            return overlay.search(key, from: start, &random)
        }
    }

    private init(_ method: SearchMethod, _ scenario: SearchScenario, _ outcomes: [SearchOutcome]) {
        self.method = method
        nodes = scenario.nodes
        deadShare = scenario.deadShare
        success = Double(outcomes.count { $0.isFound }) / Double(max(1, outcomes.count))
        hops = Distribution(outcomes.filter(\.isFound).map { Double($0.hops) })
        messages = Distribution(outcomes.map { Double($0.messages) })
        bytes = Distribution(outcomes.map { Double($0.bytes) })
        seconds = Distribution(outcomes.map { $0.duration.inSeconds })
    }
}

/// Nodes with links of some kind, and a way to search along them.
protocol Overlay {
    func search(_ key: UInt64, from start: Int, _ random: inout NodeRandom) -> SearchOutcome
}

struct SearchOutcome: Hashable, Sendable {
    var isFound = false
    var hops = 0
    var messages = 0
    var bytes = 0
    var duration = Duration.zero

    /// A question, and its answer unless the node is dead.
    mutating func ask(naming count: Int?) {
        messages += 1
        bytes += WireSizes.findNode
        guard let count else { return }
        messages += max(1, (count + WireSizes.maxNeighbors - 1) / WireSizes.maxNeighbors)
        bytes += WireSizes.neighbors(count)
    }
}
