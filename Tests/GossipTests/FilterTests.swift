import DevP2P
import Primitives
import SansIO
import Testing

@testable import Gossip

@Suite struct FilterTests {
    /// The authors' vectors: the key is the bytes 0 … 15, the input the bytes 0 … n-1.
    @Test(
        arguments: [
            (0, 0x726f_db47_dd0e_0e31), (1, 0x74f8_39c5_93dc_67fd), (2, 0x0d6c_8009_d9a9_4f5a),
            (3, 0x8567_6696_d7fb_7e2d), (15, 0xa129_ca61_49be_45e5),
        ] as [(Int, UInt64)])
    func sipHash(count: Int, expected: UInt64) {
        let hash = SipHash(key: (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908))
        let input = (0..<count).map { UInt8($0) }
        #expect(hash.hash(input) == expected)
        #expect(hash.hash(Array(input.prefix(7)), Array(input.dropFirst(7))) == expected)
    }

    @Test func whatAPeerKnowsIsBounded() {
        var random = NodeRandom(seed: 1)
        let hashes = (0..<1000).map { _ in Hash32(random.bytes(32)) ?? .zero }
        var known = KnownHashes(capacity: 100)
        for hash in hashes {
            let (first, second) = (known.insert(hash), known.insert(hash))
            #expect(first && !second)
            #expect(known.count <= 100)
        }
        #expect(hashes.suffix(50).allSatisfy(known.contains))
        #expect(!hashes.prefix(900).contains(where: known.contains))
    }

    @Test func theSquareRootIsRoundedUp() {
        #expect([0, 1, 2, 3, 4, 5, 9, 10, 50, 100].map(PushChoice.count) == [0, 1, 2, 2, 2, 3, 3, 4, 8, 10])
    }

    @Test func theChoiceIsStableForATopicAndFairOverTopics() {
        let peers = (1...16).map { makePeer(UInt64($0)) }
        let choice = PushChoice(hash: SipHash(key: (1, 2)), localID: makePeer(99).id)
        var counts: [ConnectionID: Int] = [:]
        for topic in 0..<400 {
            let bytes = [UInt8(topic >> 8), UInt8(topic & 255)]
            let chosen = choice.choose(peers, topic: bytes)
            #expect(chosen.count == 4)
            #expect(choice.choose(peers.reversed(), topic: bytes) == chosen, "the order of peers doesn't matter")
            for peer in chosen { counts[peer.connection, default: 0] += 1 }
        }
        // A hundred times each on average.
        #expect(counts.values.allSatisfy { (60...140).contains($0) })
        let other = PushChoice(hash: SipHash(key: (3, 4)), localID: makePeer(99).id)
        #expect(
            (0..<20).contains { other.choose(peers, topic: [UInt8($0)]) != choice.choose(peers, topic: [UInt8($0)]) })
    }

    @Test func theHeapAgreesWithASortedList() {
        var random = NodeRandom(seed: 7)
        var heap = IndexedHeap<Int, Int>()
        var model: [Int: Int] = [:]
        for _ in 0..<5000 {
            let key = Int.random(in: 0..<200, using: &random)
            let rank = Bool.random(using: &random) ? Int.random(in: 0..<1_000_000, using: &random) : nil
            heap.set(key, to: rank)
            model[key] = rank
            #expect(heap.count == model.count)
            #expect(heap.lowest?.rank == model.values.min())
            #expect(heap.rank(of: key) == rank)
        }
        while let (key, rank) = heap.lowest {
            #expect(model.values.min() == rank)
            model[key] = nil
            heap.set(key, to: nil)
        }
        #expect(model.isEmpty)
    }
}
