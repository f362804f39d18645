import HeapModule

/// Deadlines by key, the earliest first. Setting a key again replaces its deadline.
///
/// Replaced entries stay in the heap until they surface, or until they outnumber the live ones, when the heap is
/// rebuilt; so it has at most twice as many entries as there are keys, or 64 if that is more.
///
/// - Complexity: O(log n) amortised for each call.
public struct DeadlineHeap<Key: Hashable & Comparable & Sendable>: Sendable {
    struct Entry: Comparable, Sendable {
        let at: Instant
        let key: Key
        /// Ties are broken by key, so that the order never depends on hashing.
        static func < (left: Self, right: Self) -> Bool {
            left.at != right.at ? left.at < right.at : left.key < right.key
        }
    }

    private var heap = Heap<Entry>()
    private var deadlines: [Key: Instant] = [:]
    /// The earliest deadline; nil if there is none. Stored, because drivers read it after each input.
    public private(set) var next: Instant?

    public init() {}

    public var count: Int { deadlines.count }

    /// The deadline of `key`; nil if it has none.
    public subscript(_ key: Key) -> Instant? { deadlines[key] }

    /// Sets or replaces the deadline of a key; nil removes it.
    public mutating func set(_ key: Key, to deadline: Instant?) {
        let old = deadlines[key]
        guard old != deadline else { return }
        deadlines[key] = deadline
        if let deadline { heap.insert(Entry(at: deadline, key: key)) }
        if heap.count > 64, heap.count > 2 * deadlines.count {
            heap = Heap(deadlines.map { Entry(at: $0.value, key: $0.key) })
        }
        if let old, old == next {
            surface()
        } else if let deadline {
            next = min(next ?? deadline, deadline)
        }
    }

    /// Drops replaced entries until the earliest live one is on top.
    private mutating func surface() {
        while let entry = heap.min {
            if deadlines[entry.key] == entry.at {
                next = entry.at
                return
            }
            heap.removeMin()
        }
        next = nil
    }

    /// Removes the earliest deadline that is at or before `now` and returns its key; nil if none is due.
    public mutating func popDue(_ now: Instant) -> Key? {
        guard let next, next <= now else { return nil }
        surface()
        guard let entry = heap.popMin() else { return nil }
        deadlines[entry.key] = nil
        surface()
        return entry.key
    }
}
