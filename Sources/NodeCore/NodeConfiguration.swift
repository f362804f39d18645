public import EthCrypto
public import NodeRecord
public import PeerBook
public import Primitives

/// Everything about a node that doesn't change while it runs, and that isn't the business of one of its capabilities.
public struct NodeConfiguration: Sendable {
    /// The node's identity.
    public var key: PrivateKey
    /// What the node calls itself in Hello, as `starling/v0.1.0/linux-x86_64/swift6.3`.
    public var clientID: String

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
    /// The work that every peer's node id must have cost (`NodeID.work`); 0 on public networks.
    public var minNodeIDWork = 0

    public init(
        key: PrivateKey, clientID: String, advertisedIP: IPAddress = .loopback, udpPort: UInt16, tcpPort: UInt16
    ) {
        self.key = key
        self.clientID = clientID
        self.advertisedIP = advertisedIP
        self.udpPort = udpPort
        self.tcpPort = tcpPort
    }
}
