/// Keys by rank, the lowest first, where a key's rank may change.
///
/// - Complexity: O(log n) a change, O(1) for the lowest.
struct IndexedHeap<Key: Hashable & Sendable, Rank: Comparable & Sendable>: Sendable {
    private var items: [(key: Key, rank: Rank)] = []
    private var places: [Key: Int] = [:]

    init() {}

    var count: Int { items.count }

    /// The key with the lowest rank.
    var lowest: (key: Key, rank: Rank)? { items.first }

    func rank(of key: Key) -> Rank? { places[key].map { items[$0].rank } }

    /// Adds a key or changes its rank; nil removes it.
    mutating func set(_ key: Key, to rank: Rank?) {
        guard let rank else {
            remove(key)
            return
        }
        if let place = places[key] {
            items[place].rank = rank
            settle(place)
        } else {
            places[key] = items.count
            items.append((key, rank))
            settle(items.count - 1)
        }
    }

    mutating func removeAll() {
        items.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
    }

    private mutating func remove(_ key: Key) {
        guard let place = places.removeValue(forKey: key) else { return }
        let last = items.removeLast()
        guard place < items.count else { return }
        items[place] = last
        places[last.key] = place
        settle(place)
    }

    /// Moves the item at `place` up or down to where it belongs.
    private mutating func settle(_ start: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            guard items[place].rank < items[parent].rank else { break }
            swap(place, parent)
            place = parent
        }
        while true {
            let left = 2 * place + 1
            guard left < items.count else { return }
            let right = left + 1
            let child = right < items.count && items[right].rank < items[left].rank ? right : left
            guard items[child].rank < items[place].rank else { return }
            swap(place, child)
            place = child
        }
    }

    private mutating func swap(_ a: Int, _ b: Int) {
        items.swapAt(a, b)
        places[items[a].key] = a
        places[items[b].key] = b
    }
}
