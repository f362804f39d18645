import Chain
import EthCrypto
import Primitives
import TestVectors
import Testing
import Trie

/// Roots that are known from elsewhere.
struct KnownRootTests {
    @Test func emptyRootIsTheHashOfTheEmptyString() {
        var trie = MerkleTrie()
        #expect(trie.rootHash() == Keccak256.hash([0x80]))
        #expect(trie.commit().root == .emptyTrieRoot)
        var stack = StackTrie()
        #expect(stack.finish() == .emptyTrieRoot)
    }

    @Test func smallTriesOfTheSpecification() throws {
        let dogs = ["doe": "reindeer", "dog": "puppy", "dogglesworth": "cat"]
        #expect(
            try root(["A": String(repeating: "a", count: 50)])
                == "d23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab")
        #expect(try root(dogs) == "8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3")
        #expect(try root(dogs, secure: true) == "d4cd937e4a4368d7931a9cf51686b7e10abb3dce38a39000fd7902a092b64585")
        #expect(
            try root(["do": "verb", "dog": "puppy", "doge": "coin", "horse": "stallion"])
                == "5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84")
    }

    @Test func removedEntriesLeaveNoTrace() throws {
        var trie = MerkleTrie()
        let entries = [
            ("do", "verb"), ("ether", "wookiedoo"), ("horse", "stallion"), ("shaman", "horse"), ("doge", "coin"),
            ("dog", "puppy"),
        ]
        for (key, value) in entries { try trie.set(Array(key.utf8), to: Array(value.utf8)) }
        try trie.remove(Array("ether".utf8))
        try trie.set(Array("shaman".utf8), to: [])
        #expect(trie.rootHash().hex == "5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84")
    }

    @Test func listsByIndex() {
        #expect(
            OrderedTrie.root(of: (1...130).map { [UInt8($0)] }).hex
                == "56fcb830f9b6882886afaa77311bf5d8a4b8dd1be209682c6aac35cc5aed8763")
        #expect(
            OrderedTrie.root(of: [[1, 2]]).hex == "1c9abf37e582b38daa1c659fe91784d0a3c1666b74a8407a763ee989466a1956")
        #expect(OrderedTrie.root(of: []) == .emptyTrieRoot)
    }

    @Test func stackTrieAfterEachEntry() throws {
        let roots = [
            "5cb26357b95bb9af08475be00243ceb68ade0b66b5cd816b0c18a18c612d2d21",
            "8ff64309574f7a437a7ad1628e690eb7663cfde10676f8a904a8c8291dbc1603",
            "9e3a01bd8d43efb8e9d4b5506648150b8e3ed1caea596f84ee28e01a72635470",
        ]
        let keys: [UInt8] = [0x00, 0x70, 0xf0]
        for (count, expected) in roots.enumerated() {
            var trie = StackTrie()
            for index in 0...count {
                try trie.append([keys[index]], Array("v_______________________0___\(index)".utf8))
            }
            #expect(trie.finish().hex == expected)
        }
    }

    @Test(
        .enabled(if: TestVectors.isPresent, "the test vectors are absent"),
        arguments: [
            "trieanyorder", "trieanyorder_secureTrie", "trietest", "trietest_secureTrie", "hex_encoded_securetrie_test",
        ])
    func ethereumTests(file: String) throws {
        let cases = try #require(try TestVectors.json("01-ethereum-tests/TrieTests/\(file).json").members)
        #expect(!cases.isEmpty)
        for (name, vector) in cases {
            var trie = MerkleTrie()
            for (key, value) in try Self.steps(vector["in"]) {
                try trie.set(file.lowercased().contains("secure") ? Keccak256.hash(key).bytes : key, to: value ?? [])
            }
            #expect(trie.rootHash().description == vector["root"]?.string, "\(name)")
        }
    }

    @Test(.enabled(if: TestVectors.isPresent, "the test vectors are absent"))
    func ethereumTestsNextAndPrevious() throws {
        let vector = try #require(try TestVectors.json("01-ethereum-tests/TrieTests/trietestnextprev.json")["basic"])
        var trie = MerkleTrie()
        for key in try #require(vector["in"]?.array) { try trie.set(Self.bytes(key), to: Self.bytes(key)) }
        let tests = try #require(vector["tests"]?.array)
        #expect(tests.count == 12)
        for test in tests {
            let probe = try Self.bytes(#require(test[0]))
            var next: [UInt8] = []
            try trie.forEach(from: probe + [0]) { key, value in
                #expect(key == Array(value))
                next = key
                return false
            }
            #expect(next == (try Self.bytes(#require(test[2]))))
            var previous: [UInt8] = []
            try trie.forEach { key, _ in
                guard key.lexicographicallyPrecedes(probe) else { return false }
                previous = key
                return true
            }
            #expect(previous == (try Self.bytes(#require(test[1]))))
        }
    }

    private func root(_ entries: [String: String], secure: Bool = false) throws -> String {
        var trie = MerkleTrie()
        for (key, value) in entries {
            let key = Array(key.utf8)
            try trie.set(secure ? Keccak256.hash(key).bytes : key, to: Array(value.utf8))
        }
        return trie.rootHash().hex
    }

    private static func steps(_ input: JSONValue?) throws -> [([UInt8], [UInt8]?)] {
        if let members = input?.members {
            return try members.map { (try bytes(.string($0.key)), $0.value.isNull ? nil : try bytes($0.value)) }
        }
        return try #require(input?.array).map { step in
            let value = try #require(step[1])
            return (try bytes(#require(step[0])), value.isNull ? nil : try bytes(value))
        }
    }

    // Hexadecimal after 0x, else the characters themselves.
    private static func bytes(_ value: JSONValue) throws -> [UInt8] {
        let text = try #require(value.string)
        return text.hasPrefix("0x") ? try #require([UInt8](hex: text)) : Array(text.utf8)
    }
}
