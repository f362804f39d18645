/// Finds the index that a short id belongs to: a sorted array of 8 bytes an id, instead of a dictionary of several times
/// that size. Ids are a peer's choice, so nothing here depends on how they are spread.
struct ShortIDIndex {
    /// The id in the upper 48 bits, its index in the lower 16.
    private let entries: [UInt64]

    /// - Parameter entries: ids below 2^48, with indices below 65,536.
    init(_ entries: some Sequence<(id: UInt64, index: Int)>) {
        self.entries = entries.map { $0.id << 16 | UInt64($0.index) }.sorted()
    }

    /// Indices whose ids are not theirs alone.
    var ambiguous: [Int] {
        var indices: [Int] = []
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count, entries[end] >> 16 == entries[start] >> 16 { end += 1 }
            if end - start > 1 { indices += entries[start..<end].map { Int($0 & 0xffff) } }
            start = end
        }
        return indices
    }

    /// The index of an id, the lowest where there are several; nil for an id that isn't here.
    ///
    /// - Complexity: O(log n).
    subscript(id: UInt64) -> Int? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle] < id << 16 { low = middle + 1 } else { high = middle }
        }
        guard low < entries.count, entries[low] >> 16 == id else { return nil }
        return Int(entries[low] & 0xffff)
    }
}
