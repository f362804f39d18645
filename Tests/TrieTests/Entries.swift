import EthCrypto
import Primitives
import SansIO
import Trie

/// Entries made for tests: repeatable, and the same for every kind of trie.
struct Entry: Comparable {
    var key: [UInt8]
    var value: [UInt8]

    static func < (left: Entry, right: Entry) -> Bool { left.key.lexicographicallyPrecedes(right.key) }

    /// `count` entries in order; keys are hashes, values have 1 ... 100 bytes.
    static func hashed(_ count: Int, seed: UInt64 = 1) -> [Entry] {
        var random = NodeRandom(seed: seed)
        return (0..<count).map { _ in
            Entry(key: random.bytes(32), value: random.bytes(Int.random(in: 1...100, using: &random)))
        }.sorted()
    }

    /// Keys 1 ... `count` as 32-byte numbers: long extensions, and few branches.
    static func numbered(_ count: Int) -> [Entry] {
        (1...count).map { number in
            let key = UInt256(UInt64(number)).bigEndian.bytes
            return Entry(key: key, value: Array("value \(number)".utf8))
        }
    }
}

extension MerkleTrie {
    init(_ entries: some Sequence<Entry>) throws {
        self.init()
        for entry in entries { try set(entry.key, to: entry.value) }
    }
}
