public import Chain
public import Consensus
public import DevP2P
public import EthCrypto
public import Execution
public import Gossip
public import KeyValue
public import NodeCore
public import SansIO
import Storage

/// A chain that a node follows: what `EthNode` is made from.
public struct EthConfiguration: HostConfiguration {
    public var genesis: Genesis
    /// The id in Status; usually the chain id.
    public var networkID: UInt64
    public var engine: any ConsensusEngine
    public var executor: any BlockExecutor
    /// Signs blocks where set.
    public var sealingKey: PrivateKey?
    /// The gas limit that sealed blocks move towards.
    public var targetGasLimit: UInt64 = 30_000_000
    public var extraVanity: [UInt8] = Array("starling".utf8)
    /// How much the transaction pool may hold.
    public var pool = PoolLimits()

    public init(
        genesis: Genesis, networkID: UInt64, engine: any ConsensusEngine, executor: any BlockExecutor
    ) {
        self.genesis = genesis
        self.networkID = networkID
        self.engine = engine
        self.executor = executor
    }

    public var capabilities: [CapabilityName] { EthNode.builtIn }

    public var columns: [Column] { Self.columns }

    /// The tables of a chain.
    public static let columns: [Column] = ChainStore.columns + [.consensus]

    public func open(
        _ node: NodeConfiguration, store: any KeyValueStore, random: inout NodeRandom, now: Instant
    ) throws(NodeError) -> EthNode {
        try EthNode(self, localID: node.key.publicKey.nodeID, store: store, random: &random, now: now)
    }
}
