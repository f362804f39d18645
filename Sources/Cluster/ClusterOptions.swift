/// The options of `starling cluster`.
public struct ClusterOptions: Sendable {
    /// The number of nodes, each in a separate process. Nil: that of the kept cluster, or 4.
    public var nodes: Int?
    /// Seconds between blocks. Nil: that of the kept cluster, or 2.
    public var blockTime: UInt64?
    /// The number of signers, which are the first nodes. Nil: that of the kept cluster, or all nodes up to
    /// `maxSigners`.
    public var signers: Int?
    /// Which nodes are connected. Nil: that of the kept cluster, or `discovery`.
    public var topology: Topology?
    /// The seed of a random topology. Nil: that of the kept cluster, or 1.
    public var seed: UInt64?
    /// The maximum number of peers of each node. Nil: the node's default.
    public var maxPeers: Int?
    /// Whether nodes serve metrics, and configuration files for Prometheus are written.
    public var metrics = false
    /// Capabilities that are served by programs outside the nodes, `NAME/VERSION/COUNT`. Each node has a socket for
    /// each.
    public var sidecars: [String] = []
    /// Further options of `starling node` for each node.
    public var nodeOptions: [String] = []
    /// Stop with success once every node has this block with the same hash.
    public var untilBlock: UInt64?
    /// Stop with success once every node has had at least this many peers; with `untilBlock`, once both are true.
    public var untilPeered: Int?
    /// The maximum seconds until `untilBlock` and `untilPeered` are true, and until all nodes have started. Nil: 120,
    /// or 4 per node if that is more.
    public var timeout: Double?
    /// The folder in which the cluster is kept. Nil: a temporary folder that is removed at the end.
    public var datadir: String?
    /// Whether a node that dies is started again.
    public var restart = false
    /// The path of a copy of `manifest.json`, which scripts read.
    public var manifest: String?
    /// The first node's p2p port; other nodes have the following ones. Nil or 0: those of the kept cluster, or free
    /// ports.
    public var basePort: Int?
    /// The first node's JSON-RPC port; other nodes have the following ones. Nil or 0: as for `basePort`.
    public var baseHTTPPort: Int?
    /// The `--verbosity` of each node.
    public var verbosity = 3
    /// The executable that runs a node: `starling` itself.
    public var executable: String

    /// Default options.
    public init(executable: String) { self.executable = executable }

    /// The maximum number of nodes: each is a process with two ports, and machines can hardly run more.
    public static let maxNodes = 1000
    /// The maximum number of signers: this many keys are recognised as public (`NetworkDefinition.hasPublicSigners`).
    public static let maxSigners = 64

    /// The options of `starling node` that the cluster sets itself.
    public static let ownOptions: Set<String> = [
        "--genesis", "--network", "--networkid", "--datadir", "--port", "--discovery.port", "--addr", "--http.port",
        "--http.addr", "--no-http", "--http", "--nodekey", "--nodekeyhex", "--nat", "--bootnodes", "--staticnodes",
        "--trustednodes", "--nodiscover", "--mine", "--miner.key", "--until-stdin-closes", "--capability", "--identity",
    ]

    /// The names of the options in `nodeOptions`, without values.
    var nodeOptionNames: Set<String> {
        Set(nodeOptions.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) })
    }
}
