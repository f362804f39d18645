import Chain
import Consensus
import EthCrypto
import Execution
import Primitives
import SansIO
import Storage
import Testing

struct BuilderTests {
    @Test("takes what can be executed, in its order, and says why not the rest")
    func skips() throws {
        let node = try CliqueFixture(signers: "AB")
        let poor = CliqueFixture.transfer("P", nonce: 0)
        let creation = LegacyTransaction(nonce: 0, gasPrice: 2_000_000_000, gasLimit: 100_000, to: nil)
            .signed(by: CliqueFixture.key("Z"), chainID: 7)
        let foreign = LegacyTransaction(nonce: 0, gasPrice: 2_000_000_000, gasLimit: 21_000, to: Address())
            .signed(by: CliqueFixture.key("Z"), chainID: 8)
        let x = (0..<3).map { CliqueFixture.transfer("X", nonce: $0) }
        let y = CliqueFixture.transfer("Y", nonce: 0)
        let offered = [poor, x[0], x[2], creation, y, x[1], foreign, x[0]]
        let built = try node.built(on: try node.head(), by: "B", offered)
        #expect(built.block.transactions == [x[0], y, x[1]])
        #expect(built.skipped.map(\.transaction) == [poor, x[2], creation, foreign, x[0]])
        let reasons = built.skipped.map(\.error)
        guard case .insufficientFunds = reasons[0] else {
            Issue.record("\(reasons[0])")
            return
        }
        #expect(reasons[1] == .nonceTooHigh(expected: 1, found: 2))
        #expect(reasons[2] == .contractCreation)
        #expect(reasons[3] == .invalidTransaction(.wrongChainID(expected: 7, found: 8)))
        #expect(reasons[4] == .nonceTooLow(expected: 2, found: 0))
        #expect(built.receipts.map(\.cumulativeGasUsed) == [21_000, 42_000, 63_000])
        try node.add(built.block)
        #expect(try node.chain.receipts(built.block.hash) == built.receipts)
    }

    @Test("a block is full when no transaction fits, and a transaction too large for the rest doesn't end it")
    func full() throws {
        let node = try CliqueFixture(signers: "AB")
        let parent = try node.head()
        let limit = GasRules.nextGasLimit(parent: parent.header, desired: 30_000_000, config: node.genesis.config)
        let count = Int(limit / 21_000)
        let big = LegacyTransaction(nonce: 0, gasPrice: 2_000_000_000, gasLimit: limit, to: Address())
            .signed(by: CliqueFixture.key("Z"), chainID: 7)
        let many = (0..<UInt64(count + 5)).map { CliqueFixture.transfer("X", nonce: $0, value: 1) }
        let built = try node.built(on: parent, by: "B", [many[0], big] + many[1...])
        #expect(built.block.transactions.count == count)
        #expect(built.skipped.map(\.transaction) == [big])
        #expect(built.block.header.gasUsed == UInt64(count) * 21_000)
        try node.add(built.block)
    }

    @Test("gas limits move towards the target, base fees follow the use")
    func headers() throws {
        let node = try CliqueFixture(signers: "A", isLondon: true)
        var last = try node.head().header
        for _ in 0..<3 {
            let block = try node.grow(by: "A")
            #expect(block.header.gasLimit > last.gasLimit)
            #expect(try #require(block.header.baseFeePerGas) < (try #require(last.baseFeePerGas)))
            last = block.header
        }
        var builder = node.builder
        builder.targetGasLimit = 5000
        var random = NodeRandom(seed: 1)
        let key = CliqueFixture.key("A")
        let plan = try #require(
            try node.engine.plan(
                after: try node.head(), chain: node.chain, signer: key.publicKey.address, vanity: [], now: node.now,
                random: &random))
        let lower = try builder.build(on: try node.head(), transactions: [], plan: plan, key: key)
        #expect(lower.block.header.gasLimit < last.gasLimit)
        try node.add(lower.block)
        #expect(throws: BuildError.otherParent) {
            try builder.build(on: try node.head(), transactions: [], plan: plan, key: key)
        }
    }

    @Test("a chain of period 0 makes no empty blocks")
    func periodZero() throws {
        let node = try CliqueFixture(signers: "A", period: 0)
        #expect(throws: BuildError.nothingToSeal) { try node.built(on: try node.head(), by: "A") }
        #expect(throws: BuildError.nothingToSeal) {
            try node.built(on: try node.head(), by: "A", [CliqueFixture.transfer("P", nonce: 0)])
        }
        try node.add(try node.built(on: try node.head(), by: "A", [CliqueFixture.transfer("X", nonce: 0)]).block)
        #expect(try node.head().number == 1)
        // Several in one second.
        try node.add(
            try node.built(
                on: try node.head(), by: "A", [CliqueFixture.transfer("X", nonce: 1)],
                at: Instant(unixSeconds: try node.head().timestamp)
            ).block)
        #expect(try node.head().number == 2)
    }

    @Test("a fork that takes an EVM is refused, one before it isn't")
    func forks() throws {
        let node = try CliqueFixture(signers: "A", isLondon: true)
        var config = node.genesis.config
        config.shanghaiTime = 0
        func build(_ config: ChainConfig) throws -> BuiltBlock {
            let builder = BlockBuilder(
                chain: node.chain, config: config, engine: node.engine, executor: TransferExecutor())
            var random = NodeRandom(seed: 1)
            let key = CliqueFixture.key("A")
            let plan = try #require(
                try node.engine.plan(
                    after: try node.head(), chain: node.chain, signer: key.publicKey.address, vanity: [],
                    now: node.now, random: &random))
            return try builder.build(on: try node.head(), transactions: [], plan: plan, key: key)
        }
        let shanghai = try build(config)
        #expect(shanghai.block.header.withdrawalsRoot == .emptyTrieRoot)
        #expect(BodyRules.brokenRule(of: shanghai.block.body, header: shanghai.block.header) == nil)
        config.cancunTime = 0
        #expect(throws: BuildError.unsupportedFork(.cancun)) { try build(config) }
    }

    @Test("who may not sign gets no block")
    func notAuthorized() throws {
        let node = try CliqueFixture(signers: "AB")
        var random = NodeRandom(seed: 1)
        let head = try node.head()
        var plan = try #require(
            try node.engine.plan(
                after: head, chain: node.chain, signer: CliqueFixture.address("B"), vanity: [], now: node.now,
                random: &random))
        plan.author = CliqueFixture.address("X")
        #expect(throws: BuildError.consensus(.notAuthorized)) {
            try node.builder.build(on: head, transactions: [], plan: plan, key: CliqueFixture.key("X"))
        }
    }
}
