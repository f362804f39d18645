import SansIO

/// Prefix routing (Rowstron and Druschel, 2001): every node knows one node for each longer prefix, digit by digit, and its
/// 16 neighbours on the ring. A key belongs to the node whose id is numerically nearest.
///
/// A step goes to the numerically nearest of those nodes, which the rows bring a digit nearer each time. Which node fills
/// a row's place is drawn: that pastry prefers those close by in the network isn't modelled.
struct PastryOverlay: Overlay {
    /// Bits of a digit.
    static let digitBits = 4
    static let leafCount = 16

    private let population: Population
    private let links: [[Int32]]

    init(_ population: Population, random: inout NodeRandom) {
        self.population = population
        links = population.ids.indices.map { Self.links($0, population, &random) }
    }

    private static func links(_ node: Int, _ population: Population, _ random: inout NodeRandom) -> [Int32] {
        let id = population.ids[node]
        var links: Set<Int> = []
        for step in 1...leafCount / 2 {
            links.insert((node + step) % population.count)
            links.insert(((node - step) % population.count + population.count) % population.count)
        }
        var shared = 0
        while shared < 64, population.range(sharing: shared, with: id).count > 1 {
            let shift = UInt64(64 - shared - digitBits)
            for digit in 0..<UInt64(1 << digitBits) where digit != id >> shift & 0xf {
                let prefix = id & ~(0xf << shift) | digit << shift
                let place = population.range(sharing: shared + digitBits, with: prefix)
                if let chosen = place.draw(1, &random).first { links.insert(chosen) }
            }
            shared += digitBits
        }
        links.remove(node)
        return links.sorted().map { Int32($0) }
    }

    static func distance(_ left: UInt64, _ right: UInt64) -> UInt64 { min(left &- right, right &- left) }

    func search(_ key: UInt64, from start: Int, _ random: inout NodeRandom) -> SearchOutcome {
        let descent = Descent(
            population, from: start, distance: { Self.distance($0, key) }, links: { links[$0] })
        let target = population.nearestAlive { Self.distance($0, key) }
        return descent.finished(found: descent.nearest.node, target: target, hops: descent.nearest.depth)
    }
}
