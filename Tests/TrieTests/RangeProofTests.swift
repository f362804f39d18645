import Chain
import EthCrypto
import Primitives
import SansIO
import Testing
import Trie

/// Range proofs as a peer might send them: true ones of every shape, and all ways to lie.
struct RangeProofTests {
    /// A range of entries with the nodes that prove it.
    struct Range {
        var root: Hash32
        var first: [UInt8]
        var entries: [Entry]
        var nodes: [[UInt8]]?

        /// The proof of `entries[bounds]`; the edges may be keys without values.
        init(_ all: [Entry], _ bounds: Swift.Range<Int>, first: [UInt8]? = nil, last: [UInt8]? = nil) throws {
            var trie = try MerkleTrie(all)
            root = trie.rootHash()
            entries = Array(all[bounds])
            self.first = try first ?? #require(entries.first?.key)
            nodes = try RangeProof.nodes(from: self.first, through: last ?? entries.last?.key ?? self.first, in: &trie)
        }

        @discardableResult func verify() throws -> Bool {
            try RangeProof.verify(
                root: root, first: first, keys: entries.map(\.key), values: entries.map(\.value), nodes: nodes)
        }
    }

    static func between(_ key: [UInt8], _ step: Int) -> [UInt8] {
        let number = UInt256(bigEndian: key) ?? .zero
        return (step > 0 ? number &+ .one : number &- .one).bigEndian.bytes
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>) func trueRangesOfEveryPlace(seed: UInt64) throws {
        var random = NodeRandom(seed: seed)
        let all = seed % 3 == 0 ? Entry.numbered(200) : Entry.hashed(seed % 3 == 1 ? 500 : 7, seed: seed)
        let start = Int.random(in: 0..<all.count, using: &random)
        let end = Int.random(in: start + 1...all.count, using: &random)
        #expect(try Range(all, start..<end).verify() == (end < all.count))
        // Edges that don't exist.
        let first = Self.between(all[start].key, -1)
        let isGap = start == 0 || all[start - 1].key != first
        if isGap, first.lexicographicallyPrecedes(all[start].key) {
            #expect(try Range(all, start..<end, first: first).verify() == (end < all.count))
        }
    }

    @Test func oneEntry() throws {
        let all = Entry.hashed(300)
        for index in [0, 1, 150, 299] {
            #expect(try Range(all, index..<index + 1).verify() == (index < 299))
            let before = Self.between(all[index].key, -1)
            #expect(try Range(all, index..<index + 1, first: before).verify() == (index < 299))
        }
        // A trie of a single entry: the root is a leaf.
        let single = Entry.hashed(1)
        #expect(try !Range(single, 0..<1).verify())
        #expect(try !Range(single, 0..<1, first: [UInt8](repeating: 0, count: 32)).verify())
        var wrong = try Range(all, 5..<6)
        wrong.entries[0].value.append(1)
        #expect(throws: TrieError.valueMismatch) { try wrong.verify() }
        wrong.first = Self.between(wrong.first, 1)
        wrong.entries[0].key = wrong.first
        #expect(throws: TrieError.self) { try wrong.verify() }
    }

    @Test func theWholeTrie() throws {
        for all in [Entry.hashed(1), Entry.hashed(2), Entry.hashed(400), Entry.numbered(30)] {
            var whole = try Range(all, 0..<all.count)
            whole.nodes = nil
            #expect(try !whole.verify())
            whole.entries.removeLast()
            #expect(throws: TrieError.self) { try whole.verify() }
            #expect(try !Range(all, 0..<all.count, first: [UInt8](repeating: 0, count: 32)).verify())
            let edges = try Range(
                all, 0..<all.count, first: [UInt8](repeating: 0, count: 32), last: [UInt8](repeating: 255, count: 32))
            #expect(throws: TrieError.self, "the last key's own way is missing") {
                if all.count == 1 { throw TrieError.emptyRange }
                try edges.verify()
            }
        }
    }

    @Test func nothingAtOrRightOfAPlace() throws {
        let all = Entry.hashed(300)
        let after = Self.between(all[299].key, 1)
        #expect(try !Range(all, 0..<0, first: after).verify())
        for index in [0, 100, 299] {
            // There is something at the place, or right of it.
            #expect(throws: TrieError.incompleteRange) { try Range(all, 0..<0, first: all[index].key).verify() }
            let before = Self.between(all[index].key, -1)
            #expect(throws: TrieError.incompleteRange) { try Range(all, 0..<0, first: before).verify() }
        }
        var nodeless = try Range(all, 0..<0, first: after)
        nodeless.nodes = []
        #expect(throws: TrieError.missingNode(nodeless.root)) { try nodeless.verify() }
    }

    @Test func theEmptyTrie() throws {
        func verify(_ nodes: [[UInt8]]?, _ keys: [[UInt8]] = []) throws -> Bool {
            try RangeProof.verify(
                root: .emptyTrieRoot, first: [0], keys: keys, values: keys.map { _ in [1] }, nodes: nodes)
        }
        #expect(try !verify(nil))
        #expect(throws: TrieError.missingNode(.emptyTrieRoot)) { try verify([]) }
        #expect(throws: TrieError.self) { try verify([[0x80]]) }
        #expect(throws: TrieError.self) { try verify(nil, [[1]]) }
    }

    @Test func boundsThatAreNone() throws {
        let all = Entry.hashed(200)
        // Both keys of the proof are left, or right, of all entries.
        let range = try Range(all, 100..<101)
        for (first, last) in [(all[100].key, all[100].key), (Self.between(all[100].key, 1), all[100].key)] {
            #expect(throws: TrieError.self) {
                try RangeProof.verify(
                    root: range.root, first: first, keys: [last], values: [[1, 2, 3]], nodes: range.nodes)
            }
        }
        let gap = Self.between(all[100].key, 1)
        var empty = try Range(all, 100..<101, first: gap, last: Self.between(gap, 1))
        empty.entries[0].key = Self.between(gap, 1)
        #expect(throws: TrieError.self) { try empty.verify() }
        var wrongLength = try Range(all, 10..<20)
        wrongLength.first.removeLast()
        #expect(throws: TrieError.invalidBounds) { try wrongLength.verify() }
        var late = try Range(all, 10..<20)
        late.first = all[12].key
        #expect(throws: TrieError.invalidBounds) { try late.verify() }
    }

    @Test func entriesThatAreNone() throws {
        let all = Entry.hashed(200)
        var range = try Range(all, 10..<20)
        range.entries.swapAt(3, 4)
        #expect(throws: TrieError.keysOutOfOrder) { try range.verify() }
        range = try Range(all, 10..<20)
        range.entries[3] = range.entries[2]
        #expect(throws: TrieError.keysOutOfOrder) { try range.verify() }
        range = try Range(all, 10..<20)
        range.entries[3].value = []
        #expect(throws: TrieError.emptyValue) { try range.verify() }
        #expect(throws: TrieError.countMismatch(keys: 10, values: 9)) {
            try RangeProof.verify(
                root: range.root, first: range.first, keys: range.entries.map(\.key),
                values: range.entries.dropLast().map(\.value), nodes: range.nodes)
        }
        var prefix = try Range(all, 10..<20)
        prefix.entries.insert(Entry(key: prefix.entries[2].key + [0], value: [1]), at: 3)
        #expect(throws: TrieError.keysOutOfOrder) { try prefix.verify() }
    }

    /// Entries left out, changed, moved or added anywhere in the range change the root.
    @Test(arguments: 0..<12) func liesWithinTheRange(at index: Int) throws {
        for all in [Entry.hashed(200), Entry.numbered(200)] {
            let honest = try Range(all, 50..<62)
            #expect(try honest.verify())
            var lie = honest
            lie.entries.remove(at: index)
            // What is left without the last one is a true range, for which the nodes may suffice.
            if index < 11 { #expect(throws: TrieError.self) { try lie.verify() } }
            lie = honest
            lie.entries[index].value[0] ^= 1
            #expect(throws: TrieError.self) { try lie.verify() }
            lie = honest
            lie.entries[index].key = Self.between(lie.entries[index].key, 1)
            #expect(throws: TrieError.self) { try lie.verify() }
            lie = honest
            let added = Entry(key: Self.between(lie.entries[index].key, 1), value: [7])
            lie.entries.insert(added, at: index + 1)
            #expect(throws: TrieError.self) { try lie.verify() }
        }
    }

    @Test func nodesLeftOutOrAdded() throws {
        let all = Entry.hashed(1000)
        let honest = try Range(all, 300..<420)
        let nodes = try #require(honest.nodes)
        for index in nodes.indices {
            var lie = honest
            lie.nodes?.remove(at: index)
            #expect(throws: TrieError.missingNode(Keccak256.hash(nodes[index]))) { try lie.verify() }
        }
        // Nodes that aren't on the way change nothing, whatever they are.
        var trie = try MerkleTrie(all)
        var bloated = honest
        bloated.nodes = trie.commit().nodes.map(\.encoding) + [[], [0x80], [0xc0]]
        #expect(try bloated.verify())
        // A gap in the middle stays a lie with all nodes of the trie at hand.
        bloated.entries.removeSubrange(40..<50)
        #expect(throws: TrieError.self) { try bloated.verify() }
    }

    /// No bytes make the check trap.
    @Test(arguments: 1...20 as ClosedRange<UInt64>) func damagedNodesAreErrors(seed: UInt64) throws {
        var random = NodeRandom(seed: seed)
        let all = seed % 2 == 0 ? Entry.hashed(300, seed: seed) : Entry.numbered(300)
        var range = try Range(all, 100..<110)
        let index = Int.random(in: 0..<(range.nodes?.count ?? 1), using: &random)
        var node = try #require(range.nodes?[index])
        node[Int.random(in: 0..<node.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
        range.nodes?[index] = node
        #expect(throws: TrieError.self) { try range.verify() }
        // With a root that fits the damaged node it is taken for the truth and looked into. It may be one, if the damage
        // is outside of the range.
        let root = range.root
        range.root = Keccak256.hash(node)
        let isTrue = (try? range.verify()) != nil
        #expect(!isTrue || range.root != root)
    }
}
