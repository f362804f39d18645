/// Keys by rank, the lowest first, where a key's rank may change.
///
/// - Complexity: O(log n) a change, O(1) for the lowest.
struct IndexedHeap<Key: Hashable & Sendable, Rank: Comparable & Sendable>: Sendable {
    private var items: [(key: Key, rank: Rank)] = []
    private var indices: [Key: Int] = [:]

    init() {}

    var count: Int { items.count }

    /// The key with the lowest rank.
    var lowest: (key: Key, rank: Rank)? { items.first }

    func rank(of key: Key) -> Rank? { indices[key].map { items[$0].rank } }

    /// Adds a key or changes its rank; nil removes it.
    mutating func set(_ key: Key, to rank: Rank?) {
        guard let rank else {
            remove(key)
            return
        }
        if let index = indices[key] {
            items[index].rank = rank
            settle(index)
        } else {
            indices[key] = items.count
            items.append((key, rank))
            settle(items.count - 1)
        }
    }

    mutating func removeAll() {
        items.removeAll(keepingCapacity: true)
        indices.removeAll(keepingCapacity: true)
    }

    private mutating func remove(_ key: Key) {
        guard let index = indices.removeValue(forKey: key) else { return }
        let last = items.removeLast()
        guard index < items.count else { return }
        items[index] = last
        indices[last.key] = index
        settle(index)
    }

    /// Moves the item at `index` up or down to where it belongs.
    private mutating func settle(_ start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard items[index].rank < items[parent].rank else { break }
            swap(index, parent)
            index = parent
        }
        while true {
            let left = 2 * index + 1
            guard left < items.count else { return }
            let right = left + 1
            let child = right < items.count && items[right].rank < items[left].rank ? right : left
            guard items[child].rank < items[index].rank else { return }
            swap(index, child)
            index = child
        }
    }

    private mutating func swap(_ a: Int, _ b: Int) {
        items.swapAt(a, b)
        indices[items[a].key] = a
        indices[items[b].key] = b
    }
}
