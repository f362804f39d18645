public import Chain
public import Consensus
public import EthCrypto
public import Execution
public import Gossip
public import NodeRecord
public import PeerBook
public import Primitives

/// Everything about a node that doesn't change while it runs.
public struct NodeConfiguration: Sendable {
    /// The node's identity.
    public var key: PrivateKey
    /// What the node calls itself in Hello, as `starling/v0.1.0/linux-x86_64/swift6.3`.
    public var clientID: String
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

    /// Where the node listens: the address that others are told, the UDP port (0 for none) and the TCP port.
    public var advertisedIP: IPAddress
    public var udpPort: UInt16
    public var tcpPort: UInt16
    /// Whether the advertised address was given (`--nat extip:`), so that what peers say doesn't change it.
    public var isAddressFixed = false
    public var discoveryEnabled = true
    public var bootnodes: [NodeContact] = []
    public var staticPeers: [NodeContact] = []
    public var trustedPeers: [PublicKey] = []
    public var maxPeers = 50
    /// What the node may send; all of them hold. None by default.
    public var uploadLimits: [UploadLimit] = []
    /// What offences and merits of peers count.
    public var reputation = ReputationTable.standard
    /// How much the transaction pool may hold.
    public var pool = PoolLimits()
    /// The work that every peer's node id must have cost (`NodeID.work`); 0 on public networks.
    public var minNodeIDWork = 0

    public init(
        key: PrivateKey, clientID: String, genesis: Genesis, networkID: UInt64, engine: any ConsensusEngine,
        executor: any BlockExecutor, advertisedIP: IPAddress, udpPort: UInt16, tcpPort: UInt16
    ) {
        self.key = key
        self.clientID = clientID
        self.genesis = genesis
        self.networkID = networkID
        self.engine = engine
        self.executor = executor
        self.advertisedIP = advertisedIP
        self.udpPort = udpPort
        self.tcpPort = tcpPort
    }
}
