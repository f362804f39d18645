public import Primitives

/// The first block of a chain and its initial accounts: the content of go-ethereum's genesis.json, under the same
/// names.
///
/// `GenesisState` (of `Execution`) computes the state root from `alloc`.
public struct Genesis: Hashable, Sendable {
    /// The chain's id, forks and engine.
    public var config: ChainConfig
    public var nonce: UInt64 = 0
    /// Seconds since the Unix epoch.
    public var timestamp: UInt64 = 0
    /// The header's extra data; with Clique, the list of signers.
    public var extraData: [UInt8] = []
    /// Zero stands for 4 712 388.
    public var gasLimit: UInt64
    public var difficulty: UInt256
    public var mixHash = Hash32()
    /// The header's `beneficiary`.
    public var coinbase = Address()
    /// The accounts, ascending by address, each address once.
    public private(set) var alloc: [GenesisAllocation] = []
    public var gasUsed: UInt64 = 0
    public var parentHash = Hash32()
    /// In wei; used if London is active at block 0. Nil stands for 1 gwei.
    public var baseFeePerGas: UInt256?
    public var excessBlobGas: UInt64?
    public var blobGasUsed: UInt64?
    public var slotNumber: UInt64?

    public init(config: ChainConfig, gasLimit: UInt64, difficulty: UInt256, alloc: [GenesisAllocation] = []) {
        self.config = config
        self.gasLimit = gasLimit
        self.difficulty = difficulty
        setAlloc(alloc)
    }

    /// Replaces the accounts. If an address occurs more than once, the last account is used.
    public mutating func setAlloc(_ accounts: [GenesisAllocation]) {
        var unique: [Address: GenesisAccount] = [:]
        for (address, account) in accounts.map({ ($0.address, $0.account) }) { unique[address] = account }
        alloc = unique.map { GenesisAllocation(address: $0.key, account: $0.value) }.sorted { $0.address < $1.address }
    }

    private static let defaultGasLimit: UInt64 = 4_712_388

    /// The genesis header with this state root (trie.md, section 7).
    public func header(stateRoot: Hash32) -> Header {
        var header = Header()
        header.parentHash = parentHash
        header.beneficiary = coinbase
        header.stateRoot = stateRoot
        header.difficulty = difficulty
        header.gasLimit = gasLimit == 0 ? Self.defaultGasLimit : gasLimit
        header.gasUsed = gasUsed
        header.timestamp = timestamp
        header.extraData = extraData
        header.mixHash = mixHash
        header.nonce = nonce
        if config.isLondon(0) { header.baseFeePerGas = baseFeePerGas ?? GasRules.initialBaseFee }
        setForkFields(of: &header)
        return header
    }

    private func setForkFields(of header: inout Header) {
        let fork = config.fork(number: 0, time: timestamp)
        if fork >= .shanghai { header.withdrawalsRoot = .emptyTrieRoot }
        if fork >= .cancun {
            header.blobGasUsed = blobGasUsed ?? 0
            header.excessBlobGas = excessBlobGas ?? 0
            header.parentBeaconBlockRoot = .zero
        }
        if fork >= .prague { header.requestsHash = .emptyRequestsHash }
        if fork >= .amsterdam {
            header.blockAccessListHash = .emptyListHash
            header.slotNumber = slotNumber ?? 0
        }
    }

    /// The genesis block with this state root. It has no transactions.
    public func block(stateRoot: Hash32) -> Block {
        let header = header(stateRoot: stateRoot)
        return Block(header: header, body: BlockBody(withdrawals: header.withdrawalsRoot == nil ? nil : []))
    }
}

/// An address and its account at genesis.
public struct GenesisAllocation: Hashable, Sendable {
    public var address: Address
    public var account: GenesisAccount

    public init(address: Address, account: GenesisAccount) {
        self.address = address
        self.account = account
    }
}

/// An account at genesis.
public struct GenesisAccount: Hashable, Sendable {
    /// In wei.
    public var balance: UInt256
    public var nonce: UInt64
    /// The contract code; empty for none.
    public var code: [UInt8]
    /// Values by storage slot; zero values are not stored.
    public var storage: [Hash32: Hash32]

    public init(balance: UInt256, nonce: UInt64 = 0, code: [UInt8] = [], storage: [Hash32: Hash32] = [:]) {
        self.balance = balance
        self.nonce = nonce
        self.code = code
        self.storage = storage
    }
}
