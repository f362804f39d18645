import Chain
import Consensus
import EthCrypto
import EthWire
import Execution
import KeyValue
import Primitives
import SansIO
import Storage
import Sync

/// A Clique chain of a few blocks with a branch, sealed by the peers: what honest messages are made of.
struct FixedChain: Sendable {
    /// Sealed in turns by these, of whom the fuzzed node may be one.
    static let signers = [Fixed.nodeKey, Fixed.peerKeys[0], Fixed.peerKeys[1]]
    static let networkID: UInt64 = 4242

    let store: ChainStore
    /// The chain, then the branch.
    let blocks: [Block]
    let totalDifficulties: [UInt256]
    let head: ChainHead
    let transactions: [Transaction]

    static let genesis: Genesis = {
        var config = ChainConfig(chainID: networkID)
        for fork in [
            \ChainConfig.homesteadBlock, \.eip150Block, \.eip155Block, \.eip158Block, \.byzantiumBlock,
            \.constantinopleBlock, \.petersburgBlock, \.istanbulBlock, \.berlinBlock, \.londonBlock,
        ] {
            config[keyPath: fork] = 0
        }
        config.clique = CliqueConfig(period: 2)
        var genesis = Genesis(
            config: config, gasLimit: 30_000_000, difficulty: .one,
            alloc: Fixed.peerKeys.map {
                GenesisAllocation(
                    address: $0.publicKey.address, account: GenesisAccount(balance: 1_000_000_000_000_000_000))
            })
        genesis.timestamp = Fixed.now.unixSeconds - 100
        let addresses = signers.map(\.publicKey.address).sorted()
        genesis.extraData = CliqueHeader.extraData(vanity: [], signers: addresses)
        return genesis
    }()

    static let shared: FixedChain? = build()

    static func engine() -> CliqueEngine? { CliqueEngine(chainConfig: genesis.config) }

    static func transfer(from peer: Int, nonce: UInt64, value: UInt256 = 1, tip: UInt256 = 1_000_000_000) -> Transaction
    {
        DynamicFeeTransaction(
            chainID: networkID, nonce: nonce, maxPriorityFeePerGas: tip, maxFeePerGas: 10_000_000_000,
            gasLimit: 21_000, to: Fixed.peerKeys[7].publicKey.address, value: value
        ).signed(by: Fixed.peerKeys[peer])
    }

    private static func build() -> FixedChain? {
        let store = ChainStore(MemoryStore())
        guard let engine = engine(), (try? GenesisState.commit(genesis, into: store)) != nil,
            let start = try? store.head()
        else { return nil }
        var builder = Builder(store: store, engine: engine)
        var head = start
        var fork = start
        for number in 1...6 {
            guard let next = builder.append(to: head, transfers: number) else { return nil }
            head = next
            if number == 3 { fork = next }
        }
        for _ in 0..<2 {
            guard let next = builder.append(to: fork, transfers: 0, vanity: 1) else { return nil }
            fork = next
        }
        let pending = (0..<6).map { transfer(from: 2 + $0 % 3, nonce: $0 < 3 ? 0 : 1) }
        return FixedChain(
            store: store, blocks: builder.blocks, totalDifficulties: builder.totals, head: head, transactions: pending)
    }
}

/// Adds sealed blocks to a store.
private struct Builder {
    let store: ChainStore
    let engine: CliqueEngine
    var blocks: [Block] = []
    var totals: [UInt256] = []
    private var nonce: UInt64 = 0
    private var random = NodeRandom(seed: 10)

    init(store: ChainStore, engine: CliqueEngine) {
        self.store = store
        self.engine = engine
    }

    mutating func append(to head: ChainHead, transfers: Int, vanity: UInt8 = 0) -> ChainHead? {
        let config = FixedChain.genesis.config
        let now = Instant(unixSeconds: head.timestamp + 2)
        let sender = Fixed.peerKeys[6].publicKey.address
        let transactions = (0..<UInt64(transfers)).map {
            RecoveredTransaction(FixedChain.transfer(from: 6, nonce: nonce + $0), sender: sender)
        }
        for key in FixedChain.signers.dropFirst() {
            let plan = try? engine.plan(
                after: head, chain: store, signer: key.publicKey.address, vanity: [vanity], now: now, random: &random)
            guard let plan else { continue }
            let builder = BlockBuilder(
                chain: store, config: config, engine: engine, executor: TransferExecutor(),
                targetGasLimit: 30_000_000)
            guard let built = try? builder.build(on: head, transactions: transactions, plan: plan, key: key) else {
                return nil
            }
            nonce += UInt64(transfers)
            let importer = ChainImporter(chain: store, config: config, engine: engine, executor: TransferExecutor())
            let outcome = importer.importBlocks([built.block], now: now)
            guard let next = outcome.imported.last else { return nil }
            blocks.append(built.block)
            totals.append(next.totalDifficulty)
            return next
        }
        return nil
    }
}
