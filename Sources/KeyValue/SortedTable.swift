/// Entries ordered by key, in chunks: finding is two binary searches, and adding moves the entries of one chunk only.
struct SortedTable: Sendable {
    private typealias Entry = (key: [UInt8], value: [UInt8])
    private typealias Place = (chunk: Int, index: Int, isFound: Bool)

    /// None is empty; the keys of each come after those of the one before it.
    private var chunks: [[Entry]] = []
    private(set) var count = 0

    /// The size at which a chunk is split. Moving so many entries takes about as long as finding the place.
    private static let maxChunk = 256

    subscript(key: [UInt8]) -> [UInt8]? {
        let place = self.place(of: key)
        return place.isFound ? chunks[place.chunk][place.index].value : nil
    }

    mutating func set(_ key: [UInt8], to value: [UInt8]) {
        let place = self.place(of: key)
        if place.isFound {
            chunks[place.chunk][place.index].value = value
            return
        }
        count += 1
        guard !chunks.isEmpty else {
            chunks = [[(key, value)]]
            return
        }
        chunks[place.chunk].insert((key, value), at: place.index)
        if chunks[place.chunk].count > Self.maxChunk { split(place.chunk, appended: place.index == Self.maxChunk) }
    }

    mutating func remove(_ key: [UInt8]) {
        let place = self.place(of: key)
        guard place.isFound else { return }
        count -= 1
        chunks[place.chunk].remove(at: place.index)
        if chunks[place.chunk].isEmpty { chunks.remove(at: place.chunk) }
    }

    func scan(from start: [UInt8]?, reverse: Bool, limit: Int, _ body: (_ key: [UInt8], _ value: [UInt8]) -> Bool) {
        guard limit > 0, !chunks.isEmpty else { return }
        var place: Place = start.map { self.place(of: $0) } ?? (0, 0, true)
        if reverse {
            if start == nil { place = (chunks.count - 1, chunks[chunks.count - 1].count, false) }
            // The place of an absent key is after the one wanted.
            if !place.isFound { place.index -= 1 }
        }
        var left = limit
        while left > 0, chunks.indices.contains(place.chunk) {
            guard chunks[place.chunk].indices.contains(place.index) else {
                place.chunk += reverse ? -1 : 1
                place.index = reverse && place.chunk >= 0 ? chunks[place.chunk].count - 1 : 0
                continue
            }
            let entry = chunks[place.chunk][place.index]
            guard body(entry.key, entry.value) else { return }
            place.index += reverse ? -1 : 1
            left -= 1
        }
    }

    // Where the key is, or where it would be inserted.
    private func place(of key: [UInt8]) -> Place {
        let after = Self.first(in: chunks.indices) { key.lexicographicallyPrecedes(chunks[$0][0].key) }
        let chunk = max(0, after - 1)
        guard chunks.indices.contains(chunk) else { return (0, 0, false) }
        let entries = chunks[chunk]
        let index = Self.first(in: entries.indices) { !entries[$0].key.lexicographicallyPrecedes(key) }
        return (chunk, index, index < entries.count && entries[index].key == key)
    }

    // Keys that ascend fill chunks whole; others leave halves.
    private mutating func split(_ index: Int, appended: Bool) {
        let at = appended ? Self.maxChunk : Self.maxChunk / 2
        let upper = Array(chunks[index][at...])
        chunks[index].removeSubrange(at...)
        chunks.insert(upper, at: index + 1)
    }

    // The first index for which the condition holds, as it does for all after it.
    private static func first(in range: Range<Int>, where holds: (Int) -> Bool) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = low + (high - low) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
