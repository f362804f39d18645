import SansIO

/// A random graph of some 25 peers a node, in which nothing says where a thing is: the question goes to all, or wanders.
struct UnstructuredOverlay: Overlay {
    /// How far a flooded question goes. Two hops reach some 600 nodes, three up to 14,000.
    static let timeToLive = 3
    /// Walkers of a question, how far each goes at most, and after how many steps it asks the origin whether somebody has
    /// found the thing (Lv and others, 2002: 16 to 64 walkers, each fourth step).
    static let walkers = 16
    static let maxSteps = 1_024
    static let checkInterval = 4

    private let isFlooded: Bool
    private let population: Population
    private let graph: PeerGraph
    private let holders: Set<Int>

    init(_ method: SearchMethod, _ population: Population, random: inout NodeRandom) {
        isFlooded = method == .flooding
        self.population = population
        let defaults = PropagationScenario()
        graph = .random(
            nodes: population.count, dials: defaults.dials, maxPeers: defaults.maxPeers, random: &random)
        let count = max(1, Int((Double(population.count) * population.scenario.itemShare).rounded()))
        // Whoever is gone doesn't have it either.
        let alive = population.ids.indices.filter { population.isAlive($0) }
        holders = Set(alive.shuffled(using: &random).prefix(count))
    }

    func search(_ key: UInt64, from start: Int, _ random: inout NodeRandom) -> SearchOutcome {
        if holders.contains(start) { return SearchOutcome(isFound: true) }
        return isFlooded ? flood(from: start) : walk(from: start, &random)
    }

    /// All nodes within reach ask all their peers; the first holder's answer goes back the way the question came.
    private func flood(from start: Int) -> SearchOutcome {
        var outcome = SearchOutcome()
        var reached: Set<Int> = [start]
        var front: [(node: Int, source: Int)] = [(start, -1)]
        for hop in 1...Self.timeToLive {
            var next: [(node: Int, source: Int)] = []
            for (node, source) in front {
                for edge in graph.peers[node] where edge.target != source {
                    outcome.ask(naming: nil)
                    let target = Int(edge.target)
                    guard population.isAlive(target), reached.insert(target).inserted else { continue }
                    if holders.contains(target) { answer(hop, &outcome) }
                    next.append((target, node))
                }
            }
            front = next
        }
        return outcome
    }

    private func answer(_ hops: Int, _ outcome: inout SearchOutcome) {
        outcome.messages += hops
        outcome.bytes += hops * WireSizes.neighbors(1)
        guard !outcome.isFound else { return }
        outcome.isFound = true
        outcome.hops = hops
        for _ in 0..<hops { outcome.duration += population.scenario.roundTrip }
    }

    private func walk(from start: Int, _ random: inout NodeRandom) -> SearchOutcome {
        var outcome = SearchOutcome()
        var places = [Int](repeating: start, count: Self.walkers)
        var clocks = [Duration](repeating: .zero, count: Self.walkers)
        for step in 1...Self.maxSteps {
            for walker in places.indices {
                let (node, retries) = self.step(from: places[walker], &outcome, &random)
                places[walker] = node
                clocks[walker] += population.scenario.roundTrip / 2 + population.scenario.timeout * retries
                if step % Self.checkInterval == 0 { outcome.ask(naming: 0) }
            }
            let finders = places.indices.filter { holders.contains(places[$0]) }
            outcome.duration = finders.map { clocks[$0] }.min() ?? clocks.max() ?? .zero
            guard !finders.isEmpty else { continue }
            outcome.isFound = true
            outcome.hops = step
            // The holder answers the origin itself.
            outcome.duration += population.scenario.roundTrip / 2
            outcome.messages += 1
            outcome.bytes += WireSizes.neighbors(1)
            break
        }
        return outcome
    }

    /// To a peer that lives, drawn; stays where none is met.
    private func step(
        from node: Int, _ outcome: inout SearchOutcome, _ random: inout NodeRandom
    ) -> (node: Int, retries: Int) {
        for retry in 0..<8 {
            guard let edge = graph.peers[node].randomElement(using: &random) else { break }
            outcome.ask(naming: nil)
            if population.isAlive(Int(edge.target)) { return (Int(edge.target), retry) }
        }
        return (node, 1)
    }
}
