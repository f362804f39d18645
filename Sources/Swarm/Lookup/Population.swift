import SansIO

/// The nodes of a search scenario: their ids in ascending order, and who of them lives.
///
/// Ids have 64 bits: of a network of this size no two agree in so many, and no metric looks further.
struct Population: Sendable {
    let scenario: SearchScenario
    let ids: [UInt64]
    private let isDead: [Bool]

    init(_ scenario: SearchScenario, random: inout NodeRandom) {
        self.scenario = scenario
        var unique: Set<UInt64> = []
        var ids: [UInt64] = []
        while ids.count < scenario.nodes {
            let id = random.next()
            if unique.insert(id).inserted { ids.append(id) }
        }
        ids.sort()
        self.ids = ids
        var dead = [Bool](repeating: false, count: ids.count)
        // One lives in any case.
        let count = min(ids.count - 1, Int((Double(ids.count) * scenario.deadShare).rounded()))
        for node in ids.indices.shuffled(using: &random).prefix(count) { dead[node] = true }
        isDead = dead
    }

    var count: Int { ids.count }

    func isAlive(_ node: Int) -> Bool { !isDead[node] }

    func anyAlive(_ random: inout NodeRandom) -> Int {
        while true {
            let node = Int.random(in: ids.indices, using: &random)
            if isAlive(node) { return node }
        }
    }

    /// The first node whose id is not below `id`; `count` if there is none.
    func firstIndex(from id: UInt64) -> Int {
        var (low, high) = (0, ids.count)
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The first node at or clockwise after `id` on the ring.
    func successor(of id: UInt64) -> Int { firstIndex(from: id) % count }

    /// The nodes whose first `bits` bits are those of `id`.
    func range(sharing bits: Int, with id: UInt64) -> Range<Int> {
        guard bits > 0 else { return ids.indices }
        let span: UInt64 = bits >= 64 ? 0 : .max >> UInt64(bits)
        let low = firstIndex(from: id & ~span)
        let last = id | span
        return low..<(last == .max ? count : firstIndex(from: last + 1))
    }

    /// The living node for which `distance` is least. Complexity: O(n).
    func nearestAlive(_ distance: (UInt64) -> UInt64) -> Int {
        var best = -1
        for node in ids.indices where isAlive(node) {
            if best < 0 || distance(ids[node]) < distance(ids[best]) { best = node }
        }
        return best
    }
}

extension Range<Int> {
    /// So many different members, drawn, ascending; all where there are fewer.
    func draw(_ count: Int, _ random: inout NodeRandom) -> [Int] {
        guard count < self.count else { return Array(self) }
        // Floyd's way: each step draws from one more than the one before.
        var chosen: Set<Int> = []
        for last in (upperBound - count)..<upperBound {
            let drawn = Int.random(in: lowerBound...last, using: &random)
            chosen.insert(chosen.contains(drawn) ? last : drawn)
        }
        return chosen.sorted()
    }
}
