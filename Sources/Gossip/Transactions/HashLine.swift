import DequeModule
import Primitives

/// Hashes first in, first out, of which some may have become void. These are taken out when there are too many.
///
/// - Complexity: O(1) amortised for each call, as long as no more than half of `capacity` are valid.
struct HashLine: Sendable {
    private let capacity: Int
    private(set) var hashes = Deque<Hash32>()

    init(capacity: Int) { self.capacity = max(2, capacity) }

    var isEmpty: Bool { hashes.isEmpty }
    var count: Int { hashes.count }

    mutating func popFirst() -> Hash32? { hashes.popFirst() }

    /// Appends a hash, after those that `isValid` refuses and doubles were removed if the line is full.
    mutating func append(_ hash: Hash32, _ isValid: (Hash32) -> Bool) {
        if hashes.count >= capacity {
            var seen: Set<Hash32> = []
            hashes.removeAll { !isValid($0) || !seen.insert($0).inserted }
        }
        hashes.append(hash)
    }
}
