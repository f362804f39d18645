import Chain
import EthCrypto
import Execution
import KeyValue
import Primitives
import Storage

/// Accounts, blocks and transactions for tests. Chain id 7, all forks up to the one asked for at genesis.
struct Devnet {
    static let keys = (0..<4).map { DevAccounts.key($0) }
    static let addresses = keys.map(\.publicKey.address)
    static let author = Address([UInt8](repeating: 0xaa, count: 20)) ?? .zero
    static let stranger = Address([UInt8](repeating: 0xbb, count: 20)) ?? .zero
    static let ether: UInt256 = 1_000_000_000_000_000_000
    static let gwei: UInt256 = 1_000_000_000

    var config: ChainConfig
    var context: BlockContext
    var store = MemoryStore()
    var state: WorldState

    var fork: Fork { config.fork(number: context.number, time: context.timestamp) }

    /// The four accounts have one ether each; the state is committed and read again.
    init(at fork: Fork = .london, baseFee: UInt256? = gwei, gasLimit: UInt64 = 30_000_000) throws {
        var config = ChainConfig(chainID: 7)
        for (fork, path) in Self.paths.prefix(while: { $0.fork <= fork }) {
            _ = fork
            config[keyPath: path] = 0
        }
        if fork >= .spuriousDragon { config.eip155Block = 0 }
        self.config = config
        context = BlockContext(number: 1, timestamp: 10, gasLimit: gasLimit, baseFee: baseFee, author: Self.author)
        let chain = ChainStore(store)
        state = WorldState(chain: chain)
        for address in Self.addresses { try state.setAccount(Account(balance: Self.ether), at: address) }
        var batch = WriteBatch()
        let root = try state.commit(into: &batch)
        store.write(batch, durable: false)
        state = WorldState(root: root, chain: chain)
    }

    private static let paths: [(fork: Fork, path: any WritableKeyPath<ChainConfig, UInt64?> & Sendable)] = [
        (.homestead, \.homesteadBlock), (.tangerineWhistle, \.eip150Block), (.spuriousDragon, \.eip158Block),
        (.byzantium, \.byzantiumBlock), (.constantinople, \.constantinopleBlock), (.istanbul, \.istanbulBlock),
        (.berlin, \.berlinBlock), (.london, \.londonBlock), (.shanghai, \.shanghaiTime), (.cancun, \.cancunTime),
        (.prague, \.pragueTime), (.osaka, \.osakaTime),
    ]

    @discardableResult
    mutating func apply(_ transaction: Transaction, gasUsed: UInt64 = 0) throws(ExecutionError) -> Receipt {
        try TransferExecutor().apply(
            RecoveredTransaction(recovering: transaction), on: &state, in: context, gasUsed: gasUsed, config: config)
    }

    mutating func check(_ transaction: Transaction) throws(ExecutionError) {
        try TransferExecutor().check(
            RecoveredTransaction(recovering: transaction), on: &state, in: context, config: config)
    }

    mutating func balance(_ address: Address) throws -> UInt256? { try state.account(address)?.balance }

    /// A dynamic-fee transfer from account 0, with what the test changes.
    static func transfer(
        from index: Int = 0, to: Address? = stranger, value: UInt256 = 1000, nonce: UInt64 = 0,
        gasLimit: UInt64 = 21_000, maxFee: UInt256 = gwei &* 3, tip: UInt256 = gwei, data: [UInt8] = [],
        chainID: UInt64 = 7
    ) -> Transaction {
        DynamicFeeTransaction(
            chainID: chainID, nonce: nonce, maxPriorityFeePerGas: tip, maxFeePerGas: maxFee, gasLimit: gasLimit,
            to: to, value: value, data: data
        ).signed(by: keys[index])
    }

    static func legacy(
        from index: Int = 0, to: Address? = stranger, value: UInt256 = 1000, nonce: UInt64 = 0,
        gasPrice: UInt256 = gwei &* 5,
        gasLimit: UInt64 = 21_000, chainID: UInt64? = 7
    ) -> Transaction {
        LegacyTransaction(nonce: nonce, gasPrice: gasPrice, gasLimit: gasLimit, to: to, value: value)
            .signed(by: keys[index], chainID: chainID)
    }
}
