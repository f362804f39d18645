import SansIO

/// A ring: every node knows the first node after each power of two from itself, and the 16 nodes that follow it (Stoica
/// and others, 2001). A key belongs to the first node at or after it.
///
/// The search is iterative: it comes ever nearer to the key's predecessor, whose successors are asked then.
struct ChordOverlay: Overlay {
    static let successorCount = 16

    private let population: Population
    private let links: [[Int32]]

    init(_ population: Population) {
        self.population = population
        links = population.ids.indices.map { Self.links($0, population) }
    }

    private static func links(_ node: Int, _ population: Population) -> [Int32] {
        var links: Set<Int> = Set(successors(of: node, population))
        for power in 0..<64 { links.insert(population.successor(of: population.ids[node] &+ 1 << UInt64(power))) }
        links.remove(node)
        return links.sorted().map { Int32($0) }
    }

    private static func successors(of node: Int, _ population: Population) -> [Int] {
        (1...successorCount).prefix(population.count - 1).map { (node + $0) % population.count }
    }

    func search(_ key: UInt64, from start: Int, _ random: inout NodeRandom) -> SearchOutcome {
        // Distance from a node forward to the key; a node at the key is at the end of the way.
        var descent = Descent(population, from: start, distance: { key &- 1 &- $0 }, links: { links[$0] })
        let candidates = Self.successors(of: descent.nearest.node, population)
        let found = descent.firstAlive(of: candidates)
        let owner = population.nearestAlive { $0 &- key }
        return descent.finished(found: found, target: owner, hops: descent.nearest.depth + 1)
    }
}
