import EthCrypto
import Primitives
import SansIO
import Testing
import Trie

struct StackTrieTests {
    @Test(arguments: [1, 2, 3, 16, 17, 100, 1000]) func agreesWithTheMerkleTrie(count: Int) throws {
        for entries in [Entry.hashed(count, seed: UInt64(count)), Entry.numbered(count)] {
            var stack = StackTrie()
            for entry in entries { try stack.append(entry.key, entry.value) }
            var trie = try MerkleTrie(entries)
            #expect(stack.finish() == trie.rootHash())
            #expect(stack.isEmpty)
        }
    }

    @Test(arguments: [1, 5, 300]) func reportsTheNodesThatTheMerkleTrieCommits(count: Int) throws {
        for entries in [
            Entry.hashed(count), Entry.numbered(count), [Entry(key: [1], value: [2]), Entry(key: [2], value: [3])],
        ] {
            var nodes: [Hash32: [UInt8]] = [:]
            var paths: [Hash32: [UInt8]] = [:]
            let receive: StackTrie.NodeReceiver = { path, hash, encoding in
                #expect(nodes.updateValue(encoding, forKey: hash) == nil)
                paths[hash] = Array(path)
            }
            var stack = StackTrie()
            for entry in entries { try stack.append(entry.key, entry.value, receive) }
            let root = stack.finish(receive)
            let expected = try #require(
                {
                    var trie = try MerkleTrie(entries); return trie.commit()
                }())
            #expect(root == expected.root)
            #expect(nodes == Dictionary(uniqueKeysWithValues: expected.nodes.map { ($0.hash, $0.encoding) }))
            #expect(paths[root] == [])
        }
    }

    @Test func refusesWhatItCannotTake() throws {
        var trie = StackTrie()
        try trie.append([5, 5], [1])
        #expect(throws: TrieError.keysOutOfOrder) { try trie.append([5, 5], [1]) }
        #expect(throws: TrieError.keysOutOfOrder) { try trie.append([5, 4], [1]) }
        #expect(throws: TrieError.keysOutOfOrder) { try trie.append([5, 5, 1], [1]) }
        #expect(throws: TrieError.keysOutOfOrder) { try trie.append([5], [1]) }
        #expect(throws: TrieError.emptyValue) { try trie.append([6, 1], []) }
        try trie.append([6, 1], [1])
    }

    @Test(arguments: [0, 1, 2, 127, 128, 129, 255, 256, 257, 1000]) func orderedTrieAgreesWithTheMerkleTrie(count: Int)
        throws
    {
        let elements = (0..<count).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0 | 1), count: $0 % 70 + 1) }
        var trie = MerkleTrie()
        for (index, element) in elements.enumerated() { try trie.set(OrderedTrie.key(of: index), to: element) }
        #expect(OrderedTrie.root(of: elements) == trie.rootHash())
    }
}
