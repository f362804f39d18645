import Chain
import EthCrypto
import Primitives
import TestVectors
import Testing
import Trie

/// Replies of the `snap` protocol that were captured from peers.
@Suite(.enabled(if: TestVectors.isPresent, "the test vectors are absent"))
struct CapturedRangeTests {
    @Test(arguments: 0...3) func sample(_ number: Int) throws {
        let replies = try #require(try TestVectors.json("04-snap-trie/snap-ranges/sample\(number).json.gz").array)
        #expect(!replies.isEmpty)
        for reply in replies {
            if reply["kind"]?.string == "accounts" { try verifyAccounts(reply) } else { try verifyStorages(reply) }
        }
    }

    private func verifyAccounts(_ reply: JSONValue) throws {
        let pairs = try #require(reply["accounts"]?.array)
        let keys = try pairs.map { try #require($0[0]?.bytes) }
        let values = try pairs.map { try #require($0[1]?.bytes) }
        let root = try #require(reply["root"]?.string.flatMap { Hash32($0) })
        let base = try #require(reply["base"]?.bytes)
        let nodes = try nodes(reply)
        #expect(try RangeProof.verify(root: root, first: base, keys: keys, values: values, nodes: nodes))
        #expect(throws: TrieError.self) {
            try RangeProof.verify(
                root: root, first: base, keys: Array(keys.dropFirst()), values: Array(values.dropFirst()), nodes: nodes)
        }
    }

    private func verifyStorages(_ reply: JSONValue) throws {
        let storages = try #require(reply["storages"]?.array)
        for (index, storage) in storages.enumerated() {
            let pairs = try #require(storage["slots"]?.array)
            let nodes = index == storages.count - 1 ? try nodes(reply) : []
            let root = try #require(storage["storageRoot"]?.string.flatMap { Hash32($0) })
            _ = try RangeProof.verify(
                root: root, first: [UInt8](repeating: 0, count: 32), keys: pairs.map { try #require($0[0]?.bytes) },
                values: pairs.map { try #require($0[1]?.bytes) }, nodes: nodes.isEmpty ? nil : nodes)
        }
    }

    @Test func oneOfFortyThousandAccounts() throws {
        let lines = try TestVectors.lines("04-snap-trie/snap-ranges/account09.txt.gz").filter { !$0.hasPrefix("#") }
        let counts = lines[0].split(separator: " ").compactMap { Int($0) }
        let root = try #require(Hash32(lines[1]))
        let base = try #require([UInt8](hex: lines[2]))
        let pairs = try lines[3..<3 + counts[0]].map { line in
            try line.split(separator: " ").map { try #require([UInt8](hex: $0)) }
        }
        let nodes = try lines[(3 + counts[0])...].prefix(counts[1]).map { try #require([UInt8](hex: $0)) }
        #expect(pairs.count == 43_921)
        _ = try RangeProof.verify(
            root: root, first: base, keys: pairs.map { $0[0] }, values: pairs.map { $0[1] }, nodes: nodes)
        var values = pairs.map { $0[1] }
        values[20_000][5] ^= 1
        #expect(throws: TrieError.self) {
            try RangeProof.verify(root: root, first: base, keys: pairs.map { $0[0] }, values: values, nodes: nodes)
        }
    }

    private func nodes(_ reply: JSONValue) throws -> [[UInt8]] {
        try #require(reply["proof"]?.array).map { try #require($0.bytes) }
    }
}
