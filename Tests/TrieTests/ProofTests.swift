import Chain
import EthCrypto
import Primitives
import RLP
import TestVectors
import Testing
import Trie

struct ProofTests {
    @Test(arguments: [1, 2, 17, 500]) func eachKeyIsProved(count: Int) throws {
        for entries in [Entry.hashed(count), Entry.numbered(count)] {
            var trie = try MerkleTrie(entries)
            let root = trie.rootHash()
            for entry in entries {
                let proof = try trie.proof(of: entry.key)
                #expect(try Proof.verify(entry.key, root: root, nodes: proof) == entry.value)
                #expect(try Proof.verify(entry.key, root: root, nodes: proof.reversed() + [[1, 2, 3]]) == entry.value)
            }
        }
    }

    @Test func absenceIsProved() throws {
        var trie = try MerkleTrie(Entry.hashed(300))
        let root = trie.rootHash()
        for entry in Entry.hashed(300, seed: 2) {
            #expect(try Proof.verify(entry.key, root: root, nodes: trie.proof(of: entry.key)) == nil)
        }
        #expect(try Proof.verify([1, 2], root: .emptyTrieRoot, nodes: []) == nil)
        var empty = MerkleTrie()
        #expect(try empty.proof(of: [1, 2]).isEmpty)
    }

    @Test func keysThatEndAtABranch() throws {
        var trie = MerkleTrie()
        for key in ["do", "dog", "doge", "horse"] { try trie.set(Array(key.utf8), to: Array("value of \(key)".utf8)) }
        for key in ["do", "dog", "doge", "horse"] {
            let proof = try trie.proof(of: Array(key.utf8))
            let value = try Proof.verify(Array(key.utf8), root: trie.rootHash(), nodes: proof)
            #expect(value == Array("value of \(key)".utf8))
        }
        for key in ["d", "", "dogs", "doges", "hors"] {
            let proof = try trie.proof(of: Array(key.utf8))
            #expect(try Proof.verify(Array(key.utf8), root: trie.rootHash(), nodes: proof) == nil)
        }
    }

    /// Whatever a peer does to the nodes, it can't change what they prove.
    @Test func aDamagedProofIsAnError() throws {
        let entries = Entry.hashed(100)
        var trie = try MerkleTrie(entries)
        let root = trie.rootHash()
        let proof = try trie.proof(of: entries[5].key)
        for index in proof.indices {
            var shorter = proof
            shorter.remove(at: index)
            #expect(throws: TrieError.missingNode(Keccak256.hash(proof[index]))) {
                try Proof.verify(entries[5].key, root: root, nodes: shorter)
            }
            for at in proof[index].indices {
                var damaged = proof
                damaged[index][at] ^= 0x10
                #expect(throws: TrieError.self) { try Proof.verify(entries[5].key, root: root, nodes: damaged) }
            }
        }
    }

    /// Nodes that hash as asked and yet are none: each has the hash that the root says.
    @Test(arguments: [
        "", "00", "81", "c0", "c180", "c3808080", "c20080", "c21780", "c24001", "c22080", "c2202001",
        "c3200102",
        "d28080808080808080808080808080808080", "d280808080808080808080808080808080808080",
        "f849" + "80" + "b846" + String(repeating: "00", count: 70),
    ])
    func nodesOfAnotherShapeAreErrors(hex: String) throws {
        let node = try #require([UInt8](hex: hex))
        #expect(throws: TrieError.self) { try Proof.verify([0x12], root: Keccak256.hash(node), nodes: [node]) }
        var trie = MerkleTrie(root: Keccak256.hash(node), source: NodeSet([node]))
        #expect(throws: TrieError.self) { try trie.get([0x12]) }
        var other = MerkleTrie(root: Keccak256.hash(node), source: NodeSet([node]))
        #expect(throws: TrieError.self) { try other.set([0x12], to: [1]) }
    }

    @Test(.enabled(if: TestVectors.isPresent, "the test vectors are absent"))
    func anAnswerOfGetProof() throws {
        let answer = try TestVectors.json("04-snap-trie/mainnet-getproof.json")
        let proof = try #require(answer["eth_getProof"])
        let root = try #require(answer["stateRoot"]?.string.flatMap { Hash32($0) })
        let address = try #require(proof["address"]?.bytes)
        let leaf = try Proof.verify(Keccak256.hash(address).bytes, root: root, nodes: nodes(proof["accountProof"]))
        let account = try Account(rlp: #require(leaf))
        #expect(account.balance == proof["balance"]?.string.flatMap { UInt256($0) })
        #expect(account.nonce == proof["nonce"]?.uint64)
        #expect(account.codeHash.description == proof["codeHash"]?.string)
        #expect(account.storageRoot.description == proof["storageHash"]?.string)
        let slots = try #require(proof["storageProof"]?.array)
        #expect(!slots.isEmpty)
        for slot in slots {
            let key = try #require(slot["key"]?.string.flatMap { UInt256($0) }).bigEndian
            let found = try Proof.verify(
                Keccak256.hash(key).bytes, root: account.storageRoot, nodes: nodes(slot["proof"]))
            var reader = RLPReader(found ?? [0x80])
            #expect(try reader.read(UInt256.self) == slot["value"]?.string.flatMap { UInt256($0) })
        }
    }

    @Test(.enabled(if: TestVectors.isPresent, "the test vectors are absent"))
    func mainnetAccountAndStorageProofs() throws {
        let proofs = try #require(try TestVectors.json("04-snap-trie/mainnet-proofs-portal.json").array)
        #expect(proofs.count > 5)
        var leaves = 0
        for proof in proofs {
            let nodes = try nodes(proof["proof"])
            let rootName = proof["kind"]?.string == "account" ? "stateRoot" : "storageRoot"
            let root = try #require((proof[rootName] ?? proof["storageRoot"])?.string.flatMap { Hash32($0) })
            let path = try #require(proof["path"]?.string).map { UInt8($0.hexDigitValue ?? 255) }
            let last = try #require(nodes.last)
            #expect(Keccak256.hash(last).hex == proof["nodeHash"]?.string)
            var reader = RLPReader(last)
            var items = try reader.readList()
            guard try items.countItems() == 2 else {
                // A branch: what is below is not proved.
                let key = pairs(path + [UInt8](repeating: 15, count: 64 - path.count))
                do throws(TrieError) {
                    #expect(try Proof.verify(key, root: root, nodes: nodes) == nil)
                } catch {
                    guard case .missingNode = error else { throw error }
                }
                continue
            }
            let (rest, isLeaf) = try HexPrefix.decode(items.readBytes())
            guard isLeaf else { continue }
            leaves += 1
            let key = pairs(path + rest)
            #expect(key.count == 32)
            #expect(try Proof.verify(key, root: root, nodes: nodes) == Array(items.readBytes()))
        }
        #expect(leaves > 0)
    }

    private func nodes(_ value: JSONValue?) throws -> [[UInt8]] {
        try #require(value?.array).map { try #require($0.bytes) }
    }

    private func pairs(_ nibbles: [UInt8]) -> [UInt8] {
        stride(from: 0, to: nibbles.count - 1, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
    }
}
