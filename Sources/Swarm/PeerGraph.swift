import SansIO

/// Who is connected with whom. A node calls its peers by their places in its own list, 0 ..< its degree.
struct PeerGraph: Sendable {
    struct Edge: Sendable {
        let target: Int32
        /// The place of this node in the target's list.
        let back: Int32
        /// Whether this node has dialed the target.
        let isOutbound: Bool
    }

    /// `PeerMask` has a bit for each peer.
    static let maxPeers = PeerMask.capacity

    private(set) var peers: [[Edge]]

    init(nodes: Int) { peers = [[Edge]](repeating: [], count: nodes) }

    var count: Int { peers.count }

    func areConnected(_ left: Int, _ right: Int) -> Bool {
        let (few, other) = peers[left].count < peers[right].count ? (left, right) : (right, left)
        return peers[few].contains { $0.target == other }
    }

    /// `from` dials `to`.
    mutating func connect(_ from: Int, _ to: Int) {
        precondition(from != to && peers[from].count < Self.maxPeers && peers[to].count < Self.maxPeers)
        let (place, back) = (Int32(peers[from].count), Int32(peers[to].count))
        peers[from].append(Edge(target: Int32(to), back: back, isOutbound: true))
        peers[to].append(Edge(target: Int32(from), back: place, isOutbound: false))
    }

    /// Each node dials so many others, drawn from all; who has `maxPeers` takes no more.
    static func random(nodes: Int, dials: Int, maxPeers: Int, random: inout NodeRandom) -> PeerGraph {
        var graph = PeerGraph(nodes: nodes)
        let most = min(maxPeers, Self.maxPeers)
        // In rounds, so that late nodes find free places as early ones do.
        for _ in 0..<dials { graph.dial(from: 0..<nodes, to: 0..<nodes, maxPeers: most, random: &random) }
        return graph
    }

    /// Each node of a range dials one of another range that it isn't connected with and that has room, if it has room.
    mutating func dial(from: Range<Int>, to: Range<Int>, maxPeers: Int, random: inout NodeRandom) {
        guard !to.isEmpty else { return }
        for node in from where peers[node].count < maxPeers {
            for _ in 0..<32 {
                let target = Int.random(in: to, using: &random)
                guard target != node, peers[target].count < maxPeers, !areConnected(node, target) else { continue }
                connect(node, target)
                break
            }
        }
    }

    var meanDegree: Double { Double(peers.reduce(0) { $0 + $1.count }) / Double(max(1, count)) }
}

/// A set of a node's peers, by their places.
struct PeerMask: Hashable, Sendable, Sequence {
    static let capacity = 64

    private var bits: UInt64 = 0

    init() {}

    /// The places 0 ..< count.
    init(all count: Int) { bits = count >= 64 ? .max : 1 << UInt64(count) - 1 }

    init(_ places: some Sequence<Int>) { for place in places { insert(place) } }

    var count: Int { bits.nonzeroBitCount }
    var isEmpty: Bool { bits == 0 }

    func contains(_ place: Int) -> Bool { bits >> UInt64(place) & 1 == 1 }
    mutating func insert(_ place: Int) { bits |= 1 << UInt64(place) }
    mutating func remove(_ place: Int) { bits &= ~(1 << UInt64(place)) }

    func subtracting(_ other: PeerMask) -> PeerMask {
        var result = self
        result.bits &= ~other.bits
        return result
    }

    func intersection(_ other: PeerMask) -> PeerMask {
        var result = self
        result.bits &= other.bits
        return result
    }

    /// So many members, drawn; all of them where there are fewer.
    func draw(_ count: Int, _ random: inout NodeRandom) -> PeerMask {
        guard count < self.count else { return self }
        guard count > 0 else { return PeerMask() }
        return PeerMask(shuffled(using: &random).prefix(count))
    }

    /// Ascending.
    func makeIterator() -> Iterator { Iterator(bits: bits) }

    struct Iterator: IteratorProtocol {
        fileprivate var bits: UInt64

        mutating func next() -> Int? {
            guard bits != 0 else { return nil }
            defer { bits &= bits &- 1 }
            return bits.trailingZeroBitCount
        }
    }
}
