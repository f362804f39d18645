import Chain
import Consensus
import KeyValue
import Primitives
import RLP
import Storage
import Synchronization
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

    /// On a parent whose snapshot isn't stored: the walk back recovers each signature since the last one that is.
    @Test("a seal of somebody who can't be a signer is refused without a recovered signature of an ancestor")
    func ownSealFirst() throws {
        let store = UnsealingStore()
        let node = try CliqueFixture(signers: "ABC", store: store)
        let d = CliqueProposal(subject: CliqueFixture.address("D"), authorizes: true)
        for letter in "ABC" { try node.add(try node.block(on: try node.head(), by: letter, vote: d)) }
        var batch = WriteBatch()
        for number in 1...3 as ClosedRange<UInt64> {
            batch.delete(.consensus, try #require(try node.chain.canonicalHash(number)).bytes)
        }
        try node.chain.store.write(batch, durable: false)
        let parent = try node.head()
        func refusal(of signer: Character) throws -> ConsensusError? {
            var header = parent.header
            header.parentHash = parent.hash
            header.number += 1
            header.timestamp += 1
            header.extraData = CliqueHeader.extraData(vanity: [])
            header.beneficiary = Address()
            header.nonce = 0
            header = try CliqueHeader.sealed(header, with: CliqueFixture.key(signer))
            store.unseals = true
            defer { store.unseals = false }
            do throws(ConsensusError) {
                try node.engine.verify(header, parent: parent, chain: node.chain, now: node.now)
            } catch { return error }
            return nil
        }
        #expect(try refusal(of: "X") == .brokenRule(.unauthorizedSigner))
        // Of A, and of D, who may have been voted in, the ancestors must tell.
        #expect(try refusal(of: "A") == .brokenRule(.seal))
        #expect(try refusal(of: "D") == .brokenRule(.seal))
    }

    @Test("of a block without a parent the seal tells whether it may be one of the chain's")
    func plausible() throws {
        let node = try CliqueFixture(signers: "ABC")
        let d = CliqueProposal(subject: CliqueFixture.address("D"), authorizes: true)
        try node.add(try node.block(on: try node.head(), by: "A", vote: d))
        let head = try node.head()
        func author(_ signer: Character, _ change: (inout Header) -> Void = { _ in }) throws -> Address? {
            let orphan = try node.block(on: head, by: signer) {
                $0.parentHash = Hash32(lastByte: 7)
                change(&$0)
            }
            return node.engine.plausibleAuthor(of: orphan.header, head: head, chain: node.chain)
        }
        for letter in "ABCD" { #expect(try author(letter) == CliqueFixture.address(letter)) }
        #expect(try author("X") == nil)
        #expect(try author("A") { $0.mixHash = Hash32(lastByte: 1) } == nil)
    }

    @Test("snapshots are kept for the last blocks and each 128th, so the table doesn't grow with the chain")
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
        #expect(store.count(.consensus) == 128 + 8)
        func isStored(_ number: Int) -> Bool { store.get(blocks[number - 1].hash.bytes, in: .consensus) != nil }
        #expect(isStored(128) && isStored(1024) && isStored(1200) && isStored(1073))
        #expect(!isStored(1072) && !isStored(1) && !isStored(129))
        // One that isn't kept any more is made from those before it.
        let old = try node.engine.snapshot(at: try node.head(blocks[299].hash), chain: node.chain)
        #expect(old.number == 300 && old.recents.map(\.number) == [300])
    }
}

/// A store whose headers lose their seals while `unseals` is set.
private final class UnsealingStore: KeyValueStore {
    private let store = MemoryStore()
    private let flag = Atomic(false)

    var unseals: Bool {
        get { flag.load(ordering: .relaxed) }
        set { flag.store(newValue, ordering: .relaxed) }
    }

    func get(_ key: [UInt8], in column: Column) -> [UInt8]? {
        let bytes = store.get(key, in: column)
        guard unseals, column == .headers, let bytes, var header = try? Header(rlp: bytes) else { return bytes }
        for index in header.extraData.indices.suffix(65) { header.extraData[index] = 0 }
        return header.rlp
    }

    func write(_ batch: WriteBatch, durable: Bool) { store.write(batch, durable: durable) }

    func scan(
        _ column: Column, from start: [UInt8]?, reverse: Bool, limit: Int,
        _ body: (_ key: [UInt8], _ value: [UInt8]) -> Bool
    ) {
        store.scan(column, from: start, reverse: reverse, limit: limit, body)
    }
}

extension Hash32 {
    init(lastByte: UInt8) { self.init { $0[31] = lastByte } }
}
