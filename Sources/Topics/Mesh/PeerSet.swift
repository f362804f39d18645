/// A set of peers by their slots in a mesh's list: a bit each, so that what a message or a topic keeps of its peers takes
/// 64 bytes and no allocation, and is gone through in the same order each time.
struct PeerSet: Hashable, Sendable, Sequence {
    static let capacity = 512

    private var words = SIMD8<UInt64>()

    init() {}

    init(_ slots: some Sequence<Int>) { for slot in slots { insert(slot) } }

    func contains(_ slot: Int) -> Bool { words[slot >> 6] >> UInt64(slot & 63) & 1 == 1 }

    mutating func insert(_ slot: Int) { words[slot >> 6] |= 1 << UInt64(slot & 63) }

    mutating func remove(_ slot: Int) { words[slot >> 6] &= ~(1 << UInt64(slot & 63)) }

    var isEmpty: Bool { words == SIMD8() }

    var count: Int {
        var count = 0
        for index in 0..<8 { count += words[index].nonzeroBitCount }
        return count
    }

    func union(_ other: PeerSet) -> PeerSet {
        var result = self
        result.words |= other.words
        return result
    }

    func subtracting(_ other: PeerSet) -> PeerSet {
        var result = self
        result.words &= ~other.words
        return result
    }

    func intersection(_ other: PeerSet) -> PeerSet {
        var result = self
        result.words &= other.words
        return result
    }

    /// The members, ascending.
    func makeIterator() -> Iterator { Iterator(words: words) }

    struct Iterator: IteratorProtocol {
        fileprivate var words: SIMD8<UInt64>
        private var index = 0

        fileprivate init(words: SIMD8<UInt64>) { self.words = words }

        mutating func next() -> Int? {
            while index < 8 {
                let word = words[index]
                if word != 0 {
                    words[index] = word & (word &- 1)
                    return index << 6 | word.trailingZeroBitCount
                }
                index += 1
            }
            return nil
        }
    }
}
