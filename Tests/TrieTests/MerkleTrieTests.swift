import Chain
import EthCrypto
import Primitives
import RLP
import SansIO
import Testing

@testable import Trie

/// The trie against a dictionary and against itself built anew.
struct MerkleTrieTests {
    /// Key shapes: short ones that are prefixes of each other; ones with long common parts; hashes.
    enum Keys: CaseIterable {
        case short, clustered, hashed

        func next(_ random: inout NodeRandom) -> [UInt8] {
            switch self {
            case .short:
                (0..<Int.random(in: 0...3, using: &random)).map { _ in UInt8.random(in: 0...3, using: &random) << 2 }
            case .clustered:
                [1, 2, 3] + [UInt8.random(in: 0...7, using: &random)] + [9, UInt8.random(in: 0...255, using: &random)]
            case .hashed: Keccak256.hash([UInt8.random(in: 0...200, using: &random)]).bytes
            }
        }
    }

    @Test(arguments: Keys.allCases, 1...8 as ClosedRange<UInt64>)
    func randomChangesGiveTheTrieBuiltAnew(keys: Keys, seed: UInt64) throws {
        var random = NodeRandom(seed: seed)
        var source = NodeSet()
        var trie = MerkleTrie()
        var model: [[UInt8]: [UInt8]] = [:]
        for round in 0..<40 {
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                let key = keys.next(&random)
                if Int.random(in: 0..<5, using: &random) < 2 {
                    try trie.remove(key)
                    model[key] = nil
                } else {
                    let value = random.bytes(Int.random(in: 1...(round % 3 == 0 ? 3 : 40), using: &random))
                    try trie.set(key, to: value)
                    model[key] = value
                }
            }
            let probe = keys.next(&random)
            #expect(try trie.get(probe) == model[probe])
            var anew = try MerkleTrie(model.map { Entry(key: $0.key, value: $0.value) }.sorted())
            let root = anew.rootHash()
            #expect(trie.rootHash() == root)
            // Now and then go on with a trie that has to read everything.
            guard round % 4 == 3 else { continue }
            let (committed, nodes) = trie.commit()
            #expect(committed == root)
            source.insert(nodes)
            trie = MerkleTrie(root: root, source: source)
        }
    }

    @Test(arguments: Keys.allCases) func removingEverythingEmptiesTheTrie(keys: Keys) throws {
        var random = NodeRandom(seed: 99)
        var trie = MerkleTrie()
        let all = Set((0..<200).map { _ in keys.next(&random) }).sorted { $0.lexicographicallyPrecedes($1) }
        for key in all { try trie.set(key, to: [1] + key) }
        for key in all.shuffled(using: &random) { try trie.remove(key) }
        #expect(trie.isEmpty)
        #expect(trie.rootHash() == .emptyTrieRoot)
    }

    @Test func commitReturnsEachNewNodeOnce() throws {
        let entries = Entry.hashed(500)
        var trie = try MerkleTrie(entries)
        let (root, nodes) = trie.commit()
        #expect(nodes.last?.hash == root)
        #expect(nodes.allSatisfy { Keccak256.hash($0.encoding) == $0.hash })
        #expect(trie.commit().nodes.isEmpty)
        try trie.set(entries[7].key, to: [7, 7])
        let changed = trie.commit()
        #expect(changed.nodes.count < 8)
        var source = NodeSet()
        source.insert(nodes)
        source.insert(changed.nodes)
        var read = MerkleTrie(root: changed.root, source: source)
        #expect(try read.get(entries[7].key) == [7, 7])
        #expect(try read.get(entries[8].key) == entries[8].value)
    }

    @Test func rootHashBeforeCommitHidesNoNode() throws {
        var trie = try MerkleTrie(Entry.hashed(50))
        var other = trie
        _ = trie.rootHash()
        #expect(trie.commit().nodes.map(\.hash) == other.commit().nodes.map(\.hash))
    }

    @Test func valuesOfEverySizeSurviveStorage() throws {
        var trie = MerkleTrie()
        let sizes = [1, 2, 28, 29, 30, 31, 32, 33, 54, 55, 56, 57, 255, 256, 257, 65_535, 65_536]
        for size in sizes {
            try trie.set([UInt8(size & 255), UInt8(size >> 8 & 255), 1], to: [UInt8](repeating: 0x7f, count: size))
        }
        let (root, nodes) = trie.commit()
        var source = NodeSet()
        source.insert(nodes)
        var read = MerkleTrie(root: root, source: source)
        for size in sizes { #expect(try read.get([UInt8(size & 255), UInt8(size >> 8 & 255), 1])?.count == size) }
    }

    @Test func aGapInTheSourceIsNamed() throws {
        let entries = Entry.hashed(300)
        var trie = try MerkleTrie(entries)
        let (root, nodes) = trie.commit()
        var source = NodeSet()
        source.insert(nodes.suffix(1))
        var read = MerkleTrie(root: root, source: source)
        #expect(throws: TrieError.self) { try read.get(entries[0].key) }
        var other = MerkleTrie(root: .zero, source: source)
        #expect(throws: TrieError.missingNode(.zero)) { try other.set([1], to: [1]) }
        #expect(throws: TrieError.missingNode(.zero)) { try other.remove([1]) }
    }

    @Test func forEachGoesInOrderFromAnyPlace() throws {
        let entries = Entry.hashed(200)
        var trie = try MerkleTrie(entries.shuffled())
        for start in [0, 1, 57, 199] {
            var seen: [Entry] = []
            try trie.forEach(from: entries[start].key) { key, value in
                seen.append(Entry(key: key, value: Array(value)))
                return seen.count < 20
            }
            #expect(seen == Array(entries[start...].prefix(20)))
        }
    }

    @Test func copiesAreIndependent() throws {
        let entries = Entry.hashed(100)
        var trie = try MerkleTrie(entries)
        let root = trie.rootHash()
        var copy = trie
        try copy.remove(entries[3].key)
        #expect(copy.rootHash() != root)
        #expect(trie.rootHash() == root)
        #expect(try trie.get(entries[3].key) == entries[3].value)
    }

    /// The fast way to read a branch takes what the strict reader takes, and nothing else.
    @Test func plainBranchesAreWhatTheReaderReads() throws {
        var trie = try MerkleTrie(Entry.hashed(300))
        var count = 0
        for (_, encoding) in trie.commit().nodes {
            guard let branch = PlainBranch(([0] + encoding)[1...]) else { continue }
            count += 1
            var items = try RLPReader(encoding).list()
            for nibble in 0..<16 {
                let bytes = try items.readBytes()
                #expect(branch.child(nibble) == Hash32(bytes))
            }
            #expect(try items.readBytes().isEmpty)
            for at in encoding.indices {
                var damaged = encoding
                damaged[at] ^= 0x80
                guard PlainBranch(damaged[...]) != nil else { continue }
                #expect(try RLPReader(damaged).list().countItems() == 17)
            }
            #expect(PlainBranch(encoding.dropLast()) == nil)
            #expect(PlainBranch((encoding + [0x80])[...]) == nil)
        }
        #expect(count > 10)
    }
}

extension RLPReader {
    /// The items of the list that is all there is.
    fileprivate func list() throws -> RLPReader {
        var reader = self
        let items = try reader.readList()
        try reader.expectEnd()
        return items
    }
}
