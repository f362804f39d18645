import Chain
import Consensus
import EthCrypto
import Execution
import KeyValue
import Primitives
import SansIO
import Storage
import Testing

@testable import Sync

/// Downloads with the real engine, executor and importer at both ends.
struct RealChainTests {
    /// A Clique chain of three signers.
    struct Node {
        let chain = ChainStore(MemoryStore())
        let genesis: Genesis
        let engine: CliqueEngine
        let importer: ChainImporter

        static let keys = (1...3 as ClosedRange<UInt8>).compactMap {
            try? PrivateKey([UInt8](repeating: $0, count: 32))
        }

        init() throws {
            var config = ChainConfig(chainID: 7)
            config.homesteadBlock = 0
            config.eip150Block = 0
            config.eip155Block = 0
            config.eip158Block = 0
            config.byzantiumBlock = 0
            config.clique = CliqueConfig(period: 1, epoch: 50)
            let rich = GenesisAccount(balance: .max &- 1_000_000)
            var genesis = Genesis(
                config: config, gasLimit: 8_000_000, difficulty: 1,
                alloc: [GenesisAllocation(address: Self.keys[0].publicKey.address, account: rich)])
            genesis.timestamp = 1000
            genesis.extraData = CliqueHeader.extraData(
                vanity: [], signers: Self.keys.map(\.publicKey.address).sorted())
            self.genesis = genesis
            engine = try #require(CliqueEngine(chainConfig: config))
            importer = ChainImporter(chain: chain, config: config, engine: engine, executor: TransferExecutor())
            try GenesisState.commit(genesis, into: chain)
        }

        /// Seals `count` blocks on the head, with a transfer in two of three.
        func grow(_ count: Int, vanity: UInt8) throws {
            let builder = BlockBuilder(
                chain: chain, config: genesis.config, engine: engine, executor: TransferExecutor())
            var random = NodeRandom(seed: UInt64(vanity))
            for _ in 0..<count {
                let head = try #require(try chain.head())
                let now = Instant(unixSeconds: head.timestamp + 1)
                let start = Int(vanity) + Int(head.number)
                for offset in 0..<3 {
                    let key = Self.keys[(start + offset) % 3]
                    guard
                        let plan = try engine.plan(
                            after: head, chain: chain, signer: key.publicKey.address, vanity: [vanity], now: now,
                            random: &random)
                    else { continue }
                    let transfer = LegacyTransaction(
                        nonce: try nonce(at: head), gasPrice: 1, gasLimit: 21_000, to: Address(), value: 1
                    ).signed(by: Self.keys[0], chainID: 7)
                    let transactions = head.number % 3 == 0 ? [] : [try RecoveredTransaction(recovering: transfer)]
                    let built = try builder.build(on: head, transactions: transactions, plan: plan, key: key)
                    let outcome = importer.importBlocks([built.block], now: now)
                    #expect(outcome.failure == nil)
                    break
                }
            }
        }

        private func nonce(at head: ChainHead) throws -> UInt64 {
            var state = WorldState(root: head.stateRoot, chain: chain)
            return try state.account(Self.keys[0].publicKey.address)?.nonce ?? 0
        }

        /// The canonical blocks.
        func blocks() throws -> [Block] {
            let head = try #require(try chain.head())
            return try (0...head.number).map { number in
                let hash = try #require(try chain.canonicalHash(number))
                return try #require(try chain.block(hash))
            }
        }
    }

    private func network(for node: Node, _ blocks: [Block]) throws -> TestNetwork {
        var local = TestChain(length: 0)
        local.blocks = [blocks[0]]
        var network = try TestNetwork(local: local, upTo: 0, store: node.chain)
        let importer = node.importer
        network.importer = { blocks, now in importer.importBlocks(blocks, bodiesAreChecked: true, now: now) }
        return network
    }

    @Test("a Clique chain of 150 blocks from two peers, and then its better branch")
    func cliqueChain() throws {
        let first = try Node()
        try first.grow(100, vanity: 1)
        let second = try Node()
        #expect(second.importer.importBlocks(try first.blocks(), now: Instant(unixSeconds: 5000)).failure == nil)
        try first.grow(50, vanity: 2)
        try second.grow(70, vanity: 3)
        let node = try Node()
        var one = TestChain(length: 0)
        one.blocks = try first.blocks()
        var other = TestChain(length: 0)
        other.blocks = try second.blocks()

        var network = try network(for: node, one.blocks)
        network.join(try TestPeer(1, chain: one))
        network.join(try TestPeer(2, chain: one))
        try network.run(for: .seconds(60))
        #expect(try node.chain.head() == (try first.chain.head()))
        network.join(try TestPeer(3, chain: other))
        try network.run(for: .seconds(60))
        let best = try #require(try second.chain.head())
        let left = try #require(try first.chain.head())
        #expect(first.engine.isBetter(best, than: left))
        #expect(try node.chain.head() == best)
        #expect(network.offences == [])
        #expect(try node.chain.receipts(best.hash) == (try second.chain.receipts(best.hash)))
        #expect(try node.chain.canonicalHash(120) == other.blocks[120].hash)
    }

    @Test("a peer whose chain has a block by a stranger is blamed for it, and its blocks before are kept")
    func forgedBlock() throws {
        let honest = try Node()
        try honest.grow(40, vanity: 1)
        var blocks = try honest.blocks()
        var header = blocks[40].header
        header.extraData = CliqueHeader.extraData(vanity: [66])
        let stranger = try PrivateKey([UInt8](repeating: 9, count: 32))
        blocks[40] = Block(header: try CliqueHeader.sealed(header, with: stranger), body: blocks[40].body)
        var forged = TestChain(length: 0)
        forged.blocks = blocks
        let node = try Node()
        var network = try network(for: node, blocks)
        network.join(try TestPeer(1, chain: forged))
        try network.run(for: .seconds(2))
        #expect(network.offences == ["invalidBlock #1"])
        #expect(try node.chain.head()?.hash == blocks[39].hash)
        #expect(try !node.chain.contains(blocks[40].hash))
    }
}
