import Chain
import Consensus
import EthCrypto
import Execution
import KeyValue
import Primitives
import SansIO
import Storage
import Testing

struct ImporterTests {
    @Test("transfers in sealed blocks: balances, receipts, indices, head", arguments: [false, true])
    func transfers(isLondon: Bool) throws {
        let node = try CliqueFixture(signers: "ABC", isLondon: isLondon)
        var nonce: UInt64 = 0
        var blocks: [Block] = []
        for letter in "ABCABC" {
            let transactions = (0..<3).map { CliqueFixture.transfer("X", nonce: nonce + $0) }
            nonce += 3
            blocks.append(try node.grow(by: letter, transactions))
        }
        let head = try node.head()
        #expect(head.number == 6 && head.hash == blocks[5].hash)
        #expect(head.totalDifficulty > 6)
        #expect(try node.balance("Q") == 18_000)
        // The signer gets the fees, less the base fee that is burnt.
        let fees = try ["A", "B", "C"].reduce(UInt256.zero) { $0 &+ (try node.balance($1)) }
        let spent = CliqueFixture.ether &- (try node.balance("X")) &- 18_000
        #expect(spent == UInt256(18 * 21_000 * 2_000_000_000))
        #expect(isLondon ? fees < spent && !fees.isZero : fees == spent)
        for (index, block) in blocks.enumerated() {
            #expect(try node.chain.canonicalHash(UInt64(index + 1)) == block.hash)
            #expect(try node.chain.block(block.hash) == block)
            #expect(try node.chain.receipts(block.hash)?.map(\.cumulativeGasUsed) == [21_000, 42_000, 63_000])
            let location = try node.chain.transactionLocation(block.transactions[2].hash)
            #expect(location == TransactionLocation(blockHash: block.hash, number: block.number, index: 2))
        }
    }

    @Test("the blocks of one node are imported by another, at once or one by one, and again without effect")
    func otherNode() throws {
        let first = try CliqueFixture(signers: "ABC")
        var blocks: [Block] = []
        for (index, letter) in "ABCABCABC".enumerated() {
            blocks.append(try first.grow(by: letter, [CliqueFixture.transfer("X", nonce: UInt64(index))]))
        }
        let store = MemoryStore()
        let second = try CliqueFixture(signers: "ABC", store: store)
        let outcome = try second.add(blocks)
        #expect(outcome.imported.map(\.hash) == blocks.map(\.hash))
        #expect(outcome.newHead == (try first.head()))
        #expect(outcome.addedTransactions == blocks.flatMap(\.transactions))
        #expect(outcome.droppedBlocks == 0 && outcome.droppedTransactions.isEmpty)
        let counts = (ChainStore.columns + [.consensus]).map { store.count($0) }
        let again = try second.add(blocks)
        #expect(again.imported == outcome.imported)
        #expect(again.newHead == nil && again.addedTransactions.isEmpty)
        #expect((ChainStore.columns + [.consensus]).map { store.count($0) } == counts)
        let third = try CliqueFixture(signers: "ABC")
        for block in blocks { try third.add(block) }
        #expect(try third.head() == outcome.newHead)
        // Overlapping batches, as a download may bring.
        let fourth = try CliqueFixture(signers: "ABC")
        try fourth.add(Array(blocks[..<5]))
        let overlapping = try fourth.add(Array(blocks[2...]))
        #expect(overlapping.imported.count == 7 && overlapping.newHead?.number == 9)
        #expect(overlapping.addedTransactions == blocks[5...].flatMap(\.transactions))
    }

    struct Flaw: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reason: ImportError.Reason
        var change: @Sendable (inout Header, inout BlockBody) -> Void
    }

    static let flaws: [Flaw] = [
        .init(testDescription: "transactions of another block", reason: .block(.transactionsRoot)) {
            $1.transactions = []
        },
        .init(testDescription: "an ommer", reason: .block(.ommersHash)) { $1.ommers = [$0] },
        .init(testDescription: "withdrawals", reason: .block(.withdrawalsRoot)) { $1.withdrawals = [] },
        .init(testDescription: "gas used", reason: .block(.gasUsed)) { header, _ in header.gasUsed += 1 },
        .init(testDescription: "bloom", reason: .block(.logsBloom)) { header, _ in header.logsBloom.insert(Address()) },
        .init(testDescription: "receipts root", reason: .block(.receiptsRoot)) { header, _ in
            header.receiptsRoot = .zero
        },
        .init(testDescription: "state root", reason: .block(.stateRoot)) { header, _ in
            header.stateRoot = .emptyTrieRoot
        },
        .init(testDescription: "header", reason: .header(.brokenRule(.mixHash))) { header, _ in
            header.mixHash = Hash32(lastByte: 1)
        },
    ]

    @Test("a flaw is named with the block's number and hash, and nothing of it is kept", arguments: flaws)
    func flawed(flaw: Flaw) throws {
        let store = MemoryStore()
        let node = try CliqueFixture(signers: "ABC", store: store)
        let good = try node.built(on: try node.head(), by: "B", [CliqueFixture.transfer("X", nonce: 0)]).block
        let goodHead = ChainHead(hash: good.hash, header: good.header, totalDifficulty: 3)
        // Built elsewhere, on the good one.
        let other = try CliqueFixture(signers: "ABC")
        try other.add(good)
        let base = try other.built(on: goodHead, by: "C", [CliqueFixture.transfer("X", nonce: 1)]).block
        var header = base.header
        var body = base.body
        flaw.change(&header, &body)
        header = try CliqueHeader.sealed(header, with: CliqueFixture.key("C"))
        let bad = Block(header: header, body: body)
        let outcome = node.importer.importBlocks([good, bad], now: node.now)
        #expect(
            outcome.failure
                == ImportFailure(index: 1, error: ImportError(number: 2, hash: bad.hash, reason: flaw.reason)))
        #expect(outcome.failure?.error.cause == .sender)
        #expect(outcome.failure?.error.description.hasPrefix("block 2 (\(bad.hash)): ") == true)
        // The block before it stays.
        #expect(outcome.newHead?.hash == good.hash)
        #expect(try !node.chain.contains(bad.hash))
        // The valid one takes its place.
        try node.add(base)
        #expect(try node.head().hash == base.hash)
    }

    @Test("a block that can't be executed names the transaction")
    func notExecutable() throws {
        let node = try CliqueFixture(signers: "AB")
        let parent = try node.head()
        func outcome(_ transaction: Transaction) throws -> ImportError? {
            var block = try node.built(on: parent, by: "B", [CliqueFixture.transfer("X", nonce: 0)]).block
            let body = BlockBody(transactions: block.transactions + [transaction])
            var header = block.header
            header.transactionsRoot = .zero
            block = Block(header: try CliqueHeader.sealed(header, with: CliqueFixture.key("B")), body: body)
            return node.importer.importBlocks([block], bodiesAreChecked: true, now: node.now).failure?.error
        }
        let gap = try #require(try outcome(CliqueFixture.transfer("Y", nonce: 5)))
        #expect(gap.reason == .execution(.inTransaction(index: 1, .nonceTooHigh(expected: 0, found: 5))))
        #expect(gap.cause == .sender)
        let creation = LegacyTransaction(nonce: 0, gasPrice: 2_000_000_000, gasLimit: 100_000, to: nil)
            .signed(by: CliqueFixture.key("Y"), chainID: 7)
        let refused = try #require(try outcome(creation))
        #expect(refused.reason == .execution(.inTransaction(index: 1, .contractCreation)))
        // It may be valid for nodes with an EVM, so nobody is to blame.
        #expect(refused.cause == .local)
    }

    @Test("senders that are known needn't be recovered, and are believed")
    func knownSenders() throws {
        let node = try CliqueFixture(signers: "A")
        let transfers = (0..<2).map { CliqueFixture.transfer("X", nonce: $0) }
        let block = try node.built(on: try node.head(), by: "A", transfers).block
        var senders = [transfers[0].hash: CliqueFixture.address("Y")]
        let wrong = node.importer.importBlocks([block], senders: senders, now: node.now)
        #expect(
            wrong.failure?.error.reason == .execution(.inTransaction(index: 1, .nonceTooHigh(expected: 0, found: 1))))
        senders[transfers[0].hash] = CliqueFixture.address("X")
        #expect(node.importer.importBlocks([block], senders: senders, now: node.now).newHead?.hash == block.hash)
    }

    @Test("an unknown parent, and a block from the future that is imported when its time has come")
    func notNow() throws {
        let node = try CliqueFixture(signers: "ABC")
        let first = try node.built(on: try node.head(), by: "B").block
        let other = try CliqueFixture(signers: "ABC")
        try other.add(first)
        let second = try other.built(on: try other.head(), by: "C").block
        let orphan = node.importer.importBlocks([second], now: node.now)
        #expect(orphan.failure?.error.reason == .unknownParent(first.hash))
        #expect(orphan.failure?.error.cause == .local)
        #expect(orphan.imported.isEmpty && orphan.newHead == nil)
        let due = Instant(unixSeconds: second.header.timestamp)
        let early = node.importer.importBlocks([first, second], now: due + .seconds(-2))
        #expect(early.newHead?.hash == first.hash)
        #expect(early.failure?.index == 1)
        #expect(early.failure?.error.cause == .clock(due))
        #expect(node.importer.importBlocks([second], now: due).newHead?.hash == second.hash)
    }

    @Test("a known header doesn't vouch for the body that comes with it")
    func knownBlock() throws {
        let node = try CliqueFixture(signers: "A")
        let block = try node.grow(by: "A", [CliqueFixture.transfer("X", nonce: 0)])
        let false1 = Block(header: block.header, body: BlockBody(transactions: [CliqueFixture.transfer("Y", nonce: 5)]))
        let outcome = node.importer.importBlocks([false1], now: node.now)
        #expect(outcome.failure == nil && outcome.newHead == nil)
        #expect(outcome.knownCount == 1 && outcome.imported.map(\.hash) == [block.hash])
        #expect(try node.chain.block(block.hash)?.transactions == block.transactions)
        #expect(node.importer.importBlocks([block], now: node.now).knownCount == 1)
        let next = try node.built(on: try node.head(), by: "A").block
        #expect(node.importer.importBlocks([next], now: node.now).knownCount == 0)
    }

    @Test("nothing to do, and nothing to begin with")
    func edges() throws {
        let node = try CliqueFixture(signers: "A")
        let none = node.importer.importBlocks([], now: node.now)
        #expect(none.imported.isEmpty && none.failure == nil && none.newHead == nil)
        let genesis = try #require(try node.chain.block(try node.head().hash))
        #expect(try node.add(genesis).imported.map(\.number) == [0])
        let empty = ChainImporter(
            chain: ChainStore(MemoryStore()), config: node.genesis.config, engine: node.engine,
            executor: TransferExecutor())
        let block = try node.block(on: try node.head(), by: "A")
        #expect(
            empty.importBlocks([block], now: node.now).failure?.error.reason == .unknownParent(genesis.hash))
    }

    @Test("a write that fails leaves the store as after the block before, and can be repeated")
    func failedWrite() throws {
        let source = try CliqueFixture(signers: "ABC")
        var blocks: [Block] = []
        for (index, letter) in "ABCABCAB".enumerated() {
            blocks.append(try source.grow(by: letter, [CliqueFixture.transfer("X", nonce: UInt64(index))]))
        }
        for failing in 0..<blocks.count {
            let store = FaultyStore()
            let node = try CliqueFixture(signers: "ABC", store: store)
            store.fail(after: failing)
            let outcome = node.importer.importBlocks(blocks, now: node.now)
            #expect(outcome.failure?.index == failing)
            #expect(outcome.failure?.error.reason == .storage(.diskFull(reason: "test")))
            #expect(outcome.failure?.error.cause == .local)
            #expect(try node.head().number == UInt64(failing))
            #expect(outcome.newHead?.number == (failing == 0 ? nil : UInt64(failing)))
            #expect(try !node.chain.contains(blocks[failing].hash))
            #expect(try node.chain.canonicalHash(UInt64(failing + 1)) == nil)
            try node.add(blocks)
            #expect(try node.head() == (try source.head()))
        }
    }

    @Test("one's own block is durable, and only the last of a batch")
    func durability() throws {
        let store = FaultyStore()
        let node = try CliqueFixture(signers: "A", store: store)
        let source = try CliqueFixture(signers: "A")
        let blocks = try (0..<3).map { _ in try source.grow(by: "A") }
        let before = store.durableWrites.count
        #expect(node.importer.importBlocks(Array(blocks[..<1]), now: node.now).failure == nil)
        #expect(node.importer.importBlocks(Array(blocks[1...]), durable: true, now: node.now).failure == nil)
        #expect(store.durableWrites[before...] == [false, false, true])
    }

    @Test("a node that is started again goes on from its store")
    func restart() throws {
        let store = MemoryStore()
        let first = try CliqueFixture(signers: "ABC", epoch: 5, store: store)
        for (index, letter) in "ABCABCA".enumerated() {
            try first.grow(by: letter, [CliqueFixture.transfer("X", nonce: UInt64(index))])
        }
        let head = try first.head()
        let again = try CliqueFixture(signers: "ABC", epoch: 5, store: store)
        #expect(try again.head() == head)
        let snapshot = try first.engine.snapshot(at: head, chain: first.chain)
        #expect(try again.engine.snapshot(at: head, chain: again.chain) == snapshot)
        // Who has signed recently is not forgotten.
        let recent = CliqueFixture.address("A")
        #expect(snapshot.recents.map(\.signer).contains(recent))
        var random = NodeRandom(seed: 1)
        let plan = try again.engine.plan(
            after: head, chain: again.chain, signer: recent, vanity: [], now: again.now, random: &random)
        #expect(plan == nil)
        try again.grow(by: "B", [CliqueFixture.transfer("X", nonce: 7)])
        #expect(try again.balance("Q") == 8000)
        // A store of another chain is refused.
        #expect(throws: ExecutionError.self) { try CliqueFixture(signers: "AB", epoch: 5, store: store) }
    }
}
