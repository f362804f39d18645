/// A bounded dictionary: it holds at least the last `capacity` keys written, and at most twice as many.
///
/// It has two generations: when the young one is full, it becomes the old one, and the previous old one is dropped. So
/// the bound needs no list of insertion order, and nothing is ever iterated.
///
/// - Complexity: O(1) amortised.
struct BoundedMap<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    let capacity: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    init(capacity: Int) {
        precondition(capacity > 0)
        self.capacity = capacity
    }

    /// The number of entries held; a key that is in both generations counts twice.
    var count: Int { young.count + old.count }

    subscript(_ key: Key) -> Value? {
        get { young[key] ?? old[key] }
        set {
            guard let newValue else {
                young[key] = nil
                old[key] = nil
                return
            }
            if young.count >= capacity, young[key] == nil {
                old = young
                young = [:]
            }
            young[key] = newValue
        }
    }
}
