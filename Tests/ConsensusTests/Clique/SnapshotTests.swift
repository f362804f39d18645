import Chain
import Consensus
import Primitives
import RLP
import Storage
import Testing

struct SnapshotTests {
    @Test("a snapshot comes back from its RLP as it was, and nothing else does")
    func persists() throws {
        let node = try CliqueFixture(signers: "ABCD")
        let c = CliqueProposal(subject: CliqueFixture.address("C"), authorizes: false)
        let e = CliqueProposal(subject: CliqueFixture.address("E"), authorizes: true)
        for (letter, vote) in [("A", c), ("B", e), ("C", e)] as [(Character, CliqueProposal)] {
            try node.add(try node.block(on: try node.head(), by: letter, vote: vote))
        }
        let snapshot = try node.engine.snapshot(at: try node.head(), chain: node.chain)
        #expect(snapshot.votes.count == 3 && snapshot.recents.count == 3)
        let bytes = snapshot.rlp
        #expect(try CliqueSnapshot(rlp: bytes) == snapshot)
        for count in 0..<bytes.count { #expect(throws: RLPError.self) { try CliqueSnapshot(rlp: bytes[..<count]) } }
    }

    @Test("without any stored snapshot the headers give the same one")
    func recomputes() throws {
        let node = try CliqueFixture(signers: "ABC", epoch: 7)
        let d = CliqueProposal(subject: CliqueFixture.address("D"), authorizes: true)
        for number in 1...20 as ClosedRange<UInt64> {
            let letter: Character = ["A", "B", "C"][Int(number) % 3]
            let vote = number.isMultiple(of: 7) || number < 16 ? nil : d
            try node.add(try node.block(on: try node.head(), by: letter, vote: vote))
        }
        let head = try node.head()
        let snapshot = try node.engine.snapshot(at: head, chain: node.chain)
        #expect(snapshot.signers.count == 4)
        var batch = WriteBatch()
        for number in 1...20 as ClosedRange<UInt64> {
            batch.delete(.consensus, try #require(try node.chain.canonicalHash(number)).bytes)
        }
        try node.chain.store.write(batch, durable: false)
        #expect(try node.chain.store.get(head.hash.bytes, in: .consensus) == nil)
        #expect(try node.engine.snapshot(at: head, chain: node.chain) == snapshot)
    }

    @Test("a damaged snapshot is an error of the store, no trap and no guess")
    func damaged() throws {
        let node = try CliqueFixture(signers: "AB")
        try node.add(try node.block(on: try node.head(), by: "A"))
        let head = try node.head()
        var batch = WriteBatch()
        batch.put(.consensus, head.hash.bytes, [0xc2, 0x80])
        try node.chain.store.write(batch, durable: false)
        #expect(throws: ConsensusError.storage(.malformedRecord(.consensus, key: head.hash.bytes, .truncated))) {
            try node.engine.snapshot(at: head, chain: node.chain)
        }
    }

    @Test("an unknown ancestor is named")
    func unknownAncestor() throws {
        let node = try CliqueFixture(signers: "AB")
        var header = try node.block(on: try node.head(), by: "A").header
        header.number = 9
        header.parentHash = Hash32(lastByte: 5)
        let head = ChainHead(hash: header.hash, header: header, totalDifficulty: 1)
        #expect(throws: ConsensusError.unknownAncestor(Hash32(lastByte: 5))) {
            try node.engine.snapshot(at: head, chain: node.chain)
        }
    }

    @Test("snapshots are kept for the last blocks and each 1024th, so the table doesn't grow with the chain")
    func window() throws {
        let store = MemoryStore()
        let node = try CliqueFixture(signers: "A", store: store)
        var blocks: [Block] = []
        var parent = try node.head()
        for _ in 0..<1200 {
            var header = parent.header
            header.parentHash = parent.hash
            header.number += 1
            header.timestamp += 1
            header.difficulty = 2
            header.extraData = CliqueHeader.extraData(vanity: [])
            header = try CliqueHeader.sealed(header, with: CliqueFixture.key("A"))
            let block = Block(header: header, body: BlockBody())
            blocks.append(block)
            parent = ChainHead(hash: block.hash, header: header, totalDifficulty: parent.totalDifficulty &+ 2)
        }
        let outcome = try node.add(blocks)
        #expect(outcome.newHead == parent)
        #expect(store.count(.consensus) == 128 + 1)
        func isStored(_ number: Int) -> Bool { store.get(blocks[number - 1].hash.bytes, in: .consensus) != nil }
        #expect(isStored(1024) && isStored(1200) && isStored(1073) && !isStored(1072) && !isStored(1))
        // One that isn't kept any more is made from those before it.
        let old = try node.engine.snapshot(at: try node.head(blocks[299].hash), chain: node.chain)
        #expect(old.number == 300 && old.recents.map(\.number) == [300])
    }
}

extension Hash32 {
    init(lastByte: UInt8) { self.init { $0[31] = lastByte } }
}
