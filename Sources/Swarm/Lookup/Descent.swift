import SansIO

/// A search that asks one node at a time, always the nearest one known that wasn't asked, until nobody is nearer than the
/// nearest one that has answered. It goes back where the way ends at dead nodes.
struct Descent {
    /// Questions at most, as for `Lookup`.
    static let maxQuestions = 96
    /// Nodes in an answer: the next hop and what replaces it where it is dead.
    static let answerCount = 4

    private let population: Population
    private var known: [(distance: UInt64, node: Int, depth: Int)] = []
    private var met: Set<Int>
    private(set) var outcome = SearchOutcome()
    /// The nearest node that lives.
    private(set) var nearest: (distance: UInt64, node: Int, depth: Int)

    /// - Parameters:
    ///   - distance: of a node to the key.
    ///   - links: the nodes that a node has in its tables.
    init(
        _ population: Population, from start: Int, distance: (UInt64) -> UInt64, links: (Int) -> [Int32]
    ) {
        self.population = population
        nearest = (distance(population.ids[start]), start, 0)
        met = [start]
        learn(links(start), count: .max, depth: 1, distance)
        while outcome.messages < 2 * Self.maxQuestions, let next = known.first, next.distance < nearest.distance {
            known.removeFirst()
            guard ask(next.node) else { continue }
            nearest = next
            let count = learn(links(next.node), count: Self.answerCount, depth: next.depth + 1, distance)
            outcome.ask(naming: count)
        }
    }

    /// Waits for the node's answer; false, and the question is counted, if it is dead.
    private mutating func ask(_ node: Int) -> Bool {
        let isAlive = population.isAlive(node)
        outcome.duration += isAlive ? population.scenario.roundTrip : population.scenario.timeout
        if !isAlive { outcome.ask(naming: nil) }
        return isAlive
    }

    /// Takes over the nearest of some nodes, as far as they are nearer than the node that names them.
    @discardableResult
    private mutating func learn(
        _ links: [Int32], count: Int, depth: Int, _ distance: (UInt64) -> UInt64
    ) -> Int {
        let bound = nearest.distance
        let nearer = links.map { (distance: distance(population.ids[Int($0)]), node: Int($0)) }
            .filter { $0.distance < bound }.sorted { $0.distance < $1.distance }.prefix(count)
        for link in nearer where met.insert(link.node).inserted {
            let place = known.firstIndex { $0.distance > link.distance } ?? known.count
            known.insert((link.distance, link.node, depth), at: place)
        }
        return nearer.count
    }

    /// Asks nodes in turn until one lives.
    mutating func firstAlive(of nodes: [Int]) -> Int? {
        for node in nodes where outcome.messages < 2 * Self.maxQuestions {
            guard ask(node) else { continue }
            outcome.ask(naming: 1)
            return node
        }
        return nil
    }

    /// What came of it, where the node that should be found is `target`.
    func finished(found: Int?, target: Int, hops: Int) -> SearchOutcome {
        var outcome = outcome
        outcome.isFound = found == target
        outcome.hops = hops
        return outcome
    }
}
