import Chain
import EthCrypto
import Primitives
import RLP
import SansIO
import Trie

/// Roots and proofs, over the entries that go-ethereum's benchmarks use.
enum TrieFigures {
    static let group = "trie"

    static func all() throws -> [Figure] { try roots() + rangeProofs() + proofs() }

    private static func roots() throws -> [Figure] {
        var figures: [Figure] = []
        for (count, name, rounds) in [(10_000, "10 K", 15), (100_000, "100 K", 5)] {
            let (keys, values) = accounts(count)
            let hashing = time(rounds: rounds, preparing: { trie(keys, values) }) { keep($0.rootHash()) }
            let whole = time(rounds: rounds, preparing: {}) { _ in
                var trie = trie(keys, values)
                keep(trie.rootHash())
            }
            let order = keys.indices.sorted { keys[$0].lexicographicallyPrecedes(keys[$1]) }
            let stacked = time(rounds: rounds, preparing: { StackTrie() }) { stack in
                for index in order { try? stack.append(keys[index], values[index]) }
                keep(stack.finish())
            }
            figures += [
                Figure(group, "root of \(name) fresh leaves", hashing, unit: "ms"),
                Figure(group, "root of \(name) fresh leaves, insertion included", whole, unit: "ms"),
                Figure(group, "root of \(name) sorted leaves by stack trie", stacked, unit: "ms"),
            ]
        }
        return figures
    }

    private static func rangeProofs() throws -> [Figure] {
        let entries = randomEntries(8_192)
        var trie = trie(entries.map(\.key), entries.map(\.value))
        let root = trie.rootHash()
        let sorted = entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        return try [1_000, 5_000].map { count in
            let range = sorted[2..<2 + count]
            let (keys, values) = (range.map(\.key), range.map(\.value))
            let nodes = try RangeProof.nodes(from: keys[0], through: keys[count - 1], in: &trie)
            guard try RangeProof.verify(root: root, first: keys[0], keys: keys, values: values, nodes: nodes) else {
                throw BenchFailure.unexpected("a range that ends the trie")
            }
            let timing = time { times in
                for _ in 0..<times {
                    keep(
                        try? RangeProof.verify(root: root, first: keys[0], keys: keys, values: values, nodes: nodes))
                }
            }
            return Figure(group, "range proof of \(count) leaves checked", timing, unit: "ms")
        }
    }

    private static func proofs() throws -> [Figure] {
        let entries = randomEntries(100)
        let box = Box(trie(entries.map(\.key), entries.map(\.value)))
        let root = box.value.rootHash()
        let proofs = try entries.map { try box.value.proof(of: $0.key) }
        for (entry, proof) in zip(entries, proofs) {
            guard try Proof.verify(entry.key, root: root, nodes: proof) == entry.value else {
                throw BenchFailure.unexpected("a proof of something else")
            }
        }
        let keys = entries.map(\.key)
        let proving = time { count in
            for index in 0..<count { keep(try? box.value.proof(of: keys[index % keys.count])) }
        }
        let verifying = race([
            { count in
                for index in 0..<count {
                    let place = index % keys.count
                    keep(try? Proof.verify(keys[place], root: root, nodes: proofs[place]))
                }
            },
            { count in
                for index in 0..<count { keep(Keccak256.hashes(of: proofs[index % keys.count])) }
            },
        ])
        return [
            Figure(group, "one key proved", proving, unit: "us", goal: .atMost(3.3)),
            Figure(
                group, "one key verified", verifying[0], besides: "its nodes' hashes alone", verifying[1], unit: "us",
                goal: .atMost(2.1)),
        ]
    }

    private static func trie(_ keys: [[UInt8]], _ values: [[UInt8]]) -> MerkleTrie {
        var trie = MerkleTrie()
        for (key, value) in zip(keys, values) { try? trie.set(key, to: value) }
        return trie
    }

    /// Accounts as a state trie has them.
    private static func accounts(_ count: Int) -> (keys: [[UInt8]], values: [[UInt8]]) {
        var random = NodeRandom(seed: 17)
        let keys = (0..<count).map { _ in Keccak256.hash(random.bytes(20)).bytes }
        let values = (0..<count).map { _ in
            Account(nonce: random.next() >> 44, balance: UInt256(random.next())).rlp
        }
        return (keys, values)
    }

    /// Two hundred short numbers as keys of 32 bytes, and random ones with values of 20 bytes.
    private static func randomEntries(_ count: Int) -> [(key: [UInt8], value: [UInt8])] {
        var random = NodeRandom(seed: 19)
        let padding = [UInt8](repeating: 0, count: 31)
        let small = (0..<110 as Range<UInt8>).map { (key: padding + [$0], value: [max(1, $0)]) }
        return small + (0..<count).map { _ in (key: random.bytes(32), value: random.bytes(20)) }
    }
}
