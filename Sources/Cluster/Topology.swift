import SansIO

/// Which nodes of a cluster are connected.
public enum Topology: Hashable, Sendable, CustomStringConvertible {
    /// All nodes know the first node and find the others by discovery; they choose their peers themselves.
    case discovery
    /// Every pair of nodes is connected.
    case full
    /// Each node is connected to the previous and the next one.
    case ring
    /// Each node is connected to at least this many random ones; the graph is connected.
    case random(Int)

    /// The forms that `init(_:)` accepts, for error messages and help.
    public static let forms = "discovery, full, ring or random-K (as random-8)"

    /// Parses `discovery`, `full`, `ring` or `random-K`; nil for anything else.
    public init?(_ text: String) {
        switch text {
        case "discovery": self = .discovery
        case "full": self = .full
        case "ring": self = .ring
        default:
            guard text.hasPrefix("random-"), let degree = Int(text.dropFirst(7)), degree > 0 else { return nil }
            self = .random(degree)
        }
    }

    public var description: String {
        switch self {
        case .discovery: "discovery"
        case .full: "full"
        case .ring: "ring"
        case .random(let degree): "random-\(degree)"
        }
    }

    /// The neighbours of each node, in ascending order; nil for `discovery`.
    ///
    /// The same arguments give the same graph, which is connected.
    func neighbours(nodes: Int, seed: UInt64) throws(ClusterError) -> [[Int]]? {
        var graph = Graph(nodes: nodes)
        switch self {
        case .discovery: return nil
        case .full:
            for node in 0..<nodes {
                for other in 0..<node { graph.connect(node, other) }
            }
        case .ring: graph.connectRing(Array(0..<nodes))
        case .random(let degree):
            guard degree >= 2 else {
                throw .topology("--topology \(self) would leave the nodes in separate pairs; use random-2 or more")
            }
            guard degree < nodes else {
                throw .topology(
                    "--topology \(self): with \(nodes) nodes, none can have \(degree) neighbours; use \(degree + 1) nodes or more, "
                        + "or --topology full")
            }
            var random = NodeRandom(seed: seed)
            // A ring through all nodes makes the graph connected.
            graph.connectRing(Array(0..<nodes).shuffled(using: &random))
            graph.fill(to: degree, &random)
        }
        return graph.neighbours.map { $0.sorted() }
    }
}

/// An undirected graph.
private struct Graph {
    private(set) var neighbours: [Set<Int>]

    init(nodes: Int) { neighbours = Array(repeating: [], count: nodes) }

    mutating func connect(_ one: Int, _ other: Int) {
        guard one != other else { return }
        neighbours[one].insert(other)
        neighbours[other].insert(one)
    }

    mutating func connectRing(_ order: [Int]) {
        for (index, node) in order.enumerated() { connect(node, order[(index + 1) % order.count]) }
    }

    /// Connects nodes that have fewer neighbours than `degree` to random nodes among those that have few.
    mutating func fill(to degree: Int, _ random: inout NodeRandom) {
        for node in neighbours.indices {
            while neighbours[node].count < degree {
                let others = neighbours.indices.filter { $0 != node && !neighbours[node].contains($0) }
                guard let fewest = others.map({ neighbours[$0].count }).min() else { break }
                // All nodes below the degree are equally likely, so that the graph doesn't depend on the nodes' order.
                let open = others.filter { neighbours[$0].count <= max(fewest, degree - 1) }
                guard let other = open.randomElement(using: &random) else { break }
                connect(node, other)
            }
        }
    }
}
