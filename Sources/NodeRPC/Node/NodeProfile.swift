public import Chain
public import Execution
public import Primitives
public import SansIO

/// What doesn't change while a node runs.
public struct NodeProfile: Sendable {
    /// What the node calls itself, as `starling/v0.1.0/linux-x86_64/swift6.3`.
    public var clientID: String
    public var config: ChainConfig
    public var networkID: UInt64
    public var genesisHash: Hash32
    /// Executes transactions; eth_estimateGas and eth_call ask it.
    public var executor: any BlockExecutor
    /// Whether the node seals blocks.
    public var isSealing: Bool
    /// When the node started.
    public var startedAt: Instant
    /// Where the chain is on disk; nil where it isn't.
    public var databaseFolder: String?

    public init(
        clientID: String, config: ChainConfig, networkID: UInt64, genesisHash: Hash32, executor: any BlockExecutor,
        isSealing: Bool, startedAt: Instant
    ) {
        self.clientID = clientID
        self.config = config
        self.networkID = networkID
        self.genesisHash = genesisHash
        self.executor = executor
        self.isSealing = isSealing
        self.startedAt = startedAt
    }
}
