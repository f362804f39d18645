/// What `starling cluster` was asked for.
public struct ClusterOptions: Sendable {
    /// How many nodes; each is a process of its own. What a kept cluster has, else 4, where nil.
    public var nodes: Int?
    /// Seconds between blocks. What a kept cluster has, else 2, where nil.
    public var blockTime: UInt64?
    /// How many nodes seal: the first ones. What a kept cluster has, else all of them, up to `maxSigners`, where nil.
    public var signers: Int?
    /// Which nodes are connected. What a kept cluster has, else `discovery`, where nil.
    public var topology: Topology?
    /// What a random topology is drawn by. What a kept cluster has, else 1, where nil.
    public var seed: UInt64?
    /// Maximum number of peers of each node; the node's own default where nil.
    public var maxPeers: Int?
    /// Whether nodes serve metrics; then files for Prometheus are written as well.
    public var metrics = false
    /// Capabilities that programs outside the nodes serve, `NAME/VERSION/COUNT`; each node has a socket for each of them.
    public var sidecars: [String] = []
    /// Options that each node gets besides.
    public var nodeOptions: [String] = []
    /// Stop, successfully, once every node has this block with the same hash.
    public var untilBlock: UInt64?
    /// Stop, successfully, once every node has had so many peers; with `untilBlock`, once both are true.
    public var untilPeered: Int?
    /// Seconds that `untilBlock` and `untilPeered` may take, and that nodes may take to come up; more for more nodes where
    /// nil.
    public var timeout: Double?
    /// Keeps the cluster here; a temporary folder, removed at the end, where nil.
    public var datadir: String?
    /// Start a node again when it ends by itself.
    public var restart = false
    /// Where to write what scripts need, besides the cluster's folder.
    public var manifest: String?
    /// The first port of the p2p side and of JSON-RPC; those of a kept cluster, else free ones, where nil or 0.
    public var basePort: Int?
    public var baseHTTPPort: Int?
    public var verbosity = 3
    /// The executable that runs a node: `starling` itself.
    public var executable: String

    public init(executable: String) { self.executable = executable }

    /// The largest cluster: each node is a process with two ports, and more than this no machine takes.
    public static let maxNodes = 1000
    /// The largest number of signers: so many keys are known to be public (`NetworkDefinition.hasPublicSigners`).
    public static let maxSigners = 64

    /// Options of a node that the cluster sets itself.
    public static let ownOptions: Set<String> = [
        "--genesis", "--network", "--networkid", "--datadir", "--port", "--discovery.port", "--addr", "--http.port",
        "--http.addr", "--no-http", "--http", "--nodekey", "--nodekeyhex", "--nat", "--bootnodes", "--staticnodes",
        "--trustednodes", "--nodiscover", "--mine", "--miner.key", "--until-stdin-closes", "--capability", "--identity",
    ]

    /// The names in `nodeOptions`, without values.
    var nodeOptionNames: Set<String> {
        Set(nodeOptions.filter { $0.hasPrefix("--") }.map { String($0.prefix { $0 != "=" }) })
    }
}
