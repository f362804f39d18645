public import DevP2P
public import Logging
public import NodeCore
public import NodeRecord

/// How a node runs on this machine.
public struct NodeServiceConfiguration: Sendable {
    /// The node itself. Its ports are those that others are told; a port of 0 is replaced by the one that is bound.
    public var node: NodeConfiguration
    /// Beside those of `node`, bootnodes and peers that are known by host name: looked up while the node runs, again and
    /// again, at most `maxNames` in all.
    public var namedBootnodes: [EnodeURL] = []
    public var namedStaticPeers: [EnodeURL] = []
    public var resolver = HostResolver.system
    /// The address to listen on; `::` listens on IPv4 and IPv6.
    public var bindHost = "0.0.0.0"
    /// The TCP port to listen on, 0 for any; nil for the node's own.
    public var tcpPort: UInt16?
    /// The UDP port to listen on, 0 for any; nil for the node's own.
    public var udpPort: UInt16?
    /// Event loops of this node's own; nil shares those of the process, one per core.
    public var threads: Int?
    /// Threads for work that touches the disk or burns CPU.
    public var jobThreads = 2
    /// How long `stop` waits for peers and jobs.
    public var stopTimeout = Duration.seconds(5)
    /// Logs at `trace` and `debug` only; neither payloads nor keys.
    public var logger = Logger(label: "starling.node")
    /// Times and sizes that guard one connection.
    public var connectionLimits = ConnectionLimits.standard

    public static let maxNames = NodeNames.maxCount

    public init(node: NodeConfiguration) { self.node = node }
}
