/// A dictionary that forgets: it holds at least the last `capacity` keys written, and at most twice as many.
///
/// Two generations: when the young one is full, it becomes the old one and the old one is dropped. So a bound costs no
/// order list, and nothing is ever iterated.
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

    /// The number of entries held; one that was written in both generations counts twice.
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
