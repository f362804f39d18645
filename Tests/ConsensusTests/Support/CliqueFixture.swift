import Chain
import Consensus
import EthCrypto
import Execution
import KeyValue
import Primitives
import SansIO
import Storage
import Testing

/// A node of a Clique chain without network: its store, and what makes and checks blocks.
struct CliqueFixture {
    let genesis: Genesis
    let engine: CliqueEngine
    let chain: ChainStore
    let importer: ChainImporter
    let builder: BlockBuilder
    /// Far enough ahead that no block is from the future.
    var now = Instant(unixSeconds: 2_000_000)

    static let genesisTime: UInt64 = 1_000_000
    static let ether = UInt256(1_000_000_000_000_000_000)

    init(
        signers: String, period: UInt64 = 1, epoch: UInt64 = 30_000, isLondon: Bool = false,
        store: any KeyValueStore = MemoryStore(), proposals: [CliqueProposal] = []
    ) throws {
        var config = ChainConfig(chainID: 7)
        config.homesteadBlock = 0
        config.eip150Block = 0
        config.eip155Block = 0
        config.eip158Block = 0
        config.byzantiumBlock = 0
        config.constantinopleBlock = 0
        config.petersburgBlock = 0
        config.istanbulBlock = 0
        if isLondon {
            config.berlinBlock = 0
            config.londonBlock = 0
        }
        config.clique = CliqueConfig(period: period, epoch: epoch)
        var genesis = Genesis(
            config: config, gasLimit: 8_000_000, difficulty: 1,
            alloc: ["X", "Y", "Z"].map {
                GenesisAllocation(address: Self.address($0), account: GenesisAccount(balance: Self.ether))
            })
        genesis.timestamp = Self.genesisTime
        genesis.extraData = CliqueHeader.extraData(vanity: [], signers: signers.map { Self.address($0) }.sorted())
        self.genesis = genesis
        chain = ChainStore(store)
        engine = try #require(CliqueEngine(chainConfig: config, proposals: proposals))
        try GenesisState.commit(genesis, into: chain)
        importer = ChainImporter(chain: chain, config: config, engine: engine, executor: TransferExecutor())
        builder = BlockBuilder(chain: chain, config: config, engine: engine, executor: TransferExecutor())
    }

    /// One key a letter.
    static func key(_ letter: Character) -> PrivateKey {
        guard let code = letter.asciiValue, let key = try? PrivateKey([UInt8](repeating: code, count: 32)) else {
            preconditionFailure("an ASCII letter")
        }
        return key
    }

    static func address(_ letter: Character) -> Address { key(letter).publicKey.address }

    func head() throws -> ChainHead { try #require(try chain.head()) }

    func head(_ hash: Hash32) throws -> ChainHead { try #require(try chain.head(hash)) }

    /// The header of an empty block with everything right, not yet sealed.
    func draft(on parent: ChainHead, by signer: Character, vote: CliqueProposal? = nil) throws -> Header {
        let snapshot = try engine.snapshot(at: parent, chain: chain)
        var header = Header()
        header.parentHash = parent.hash
        header.number = parent.number + 1
        header.timestamp = parent.timestamp + engine.config.period
        header.stateRoot = parent.stateRoot
        header.gasLimit = parent.header.gasLimit
        header.baseFeePerGas =
            genesis.config.isLondon(header.number)
            ? GasRules.nextBaseFee(parent: parent.header, config: genesis.config) : nil
        header.difficulty = snapshot.isInTurn(Self.address(signer), number: header.number) ? 2 : 1
        header.beneficiary = vote?.subject ?? Address()
        header.nonce = vote?.authorizes == true ? .max : 0
        let isCheckpoint = header.number.isMultiple(of: engine.config.epoch)
        header.extraData = CliqueHeader.extraData(vanity: [], signers: isCheckpoint ? snapshot.signers : [])
        return header
    }

    /// An empty block.
    func block(
        on parent: ChainHead, by signer: Character, vote: CliqueProposal? = nil,
        _ change: (inout Header) -> Void = { _ in }
    ) throws -> Block {
        var header = try draft(on: parent, by: signer, vote: vote)
        change(&header)
        return Block(header: try CliqueHeader.sealed(header, with: Self.key(signer)), body: BlockBody())
    }

    /// A block made by the builder after the engine's plan, with transactions.
    func built(
        on parent: ChainHead, by signer: Character, _ transactions: [Transaction] = [], vanity: [UInt8] = [],
        at moment: Instant? = nil
    ) throws -> BuiltBlock {
        var random = NodeRandom(seed: 1)
        let key = Self.key(signer)
        let moment = moment ?? Instant(unixSeconds: parent.timestamp + engine.config.period)
        let plan = try engine.plan(
            after: parent, chain: chain, signer: key.publicKey.address, vanity: vanity, now: moment, random: &random)
        return try builder.build(
            on: parent, transactions: try transactions.map { try RecoveredTransaction(recovering: $0) },
            plan: try #require(plan), key: key)
    }

    /// Imports blocks of which none may fail.
    @discardableResult
    func add(_ blocks: Block..., location: SourceLocation = #_sourceLocation) throws -> ImportOutcome {
        try add(blocks, location: location)
    }

    @discardableResult
    func add(_ blocks: [Block], location: SourceLocation = #_sourceLocation) throws -> ImportOutcome {
        let outcome = importer.importBlocks(blocks, now: now)
        #expect(outcome.failure == nil, sourceLocation: location)
        return outcome
    }

    /// Builds, imports and returns a block on the head.
    @discardableResult
    func grow(by signer: Character, _ transactions: [Transaction] = []) throws -> Block {
        let block = try built(on: try head(), by: signer, transactions).block
        try add(block)
        return block
    }

    static func transfer(
        _ from: Character, nonce: UInt64, to: Character = "Q", value: UInt64 = 1000, gasPrice: UInt64 = 2_000_000_000
    ) -> Transaction {
        LegacyTransaction(
            nonce: nonce, gasPrice: UInt256(gasPrice), gasLimit: 21_000, to: address(to), value: UInt256(value)
        ).signed(by: key(from), chainID: 7)
    }

    func balance(_ letter: Character, at head: ChainHead? = nil) throws -> UInt256 {
        var state = WorldState(root: try head?.stateRoot ?? self.head().stateRoot, chain: chain)
        return try state.account(Self.address(letter))?.balance ?? .zero
    }
}
