/// What `starling cluster` was asked for.
public struct ClusterOptions: Sendable {
    /// How many nodes; each is a process of its own, and all of them seal.
    public var nodes = 4
    /// Seconds between blocks.
    public var blockTime: UInt64 = 2
    /// Stop, successfully, once every node has this block with the same hash.
    public var untilBlock: UInt64?
    /// Seconds that `untilBlock` may take, and that nodes may take to come up.
    public var timeout: Double = 120
    /// Keeps the cluster here; a temporary folder, removed at the end, where nil.
    public var datadir: String?
    /// Start a node again when it ends by itself, instead of giving up.
    public var restart = false
    /// Where to write what scripts need.
    public var manifest: String?
    /// The first port of the p2p side and of JSON-RPC; free ports are chosen where nil.
    public var basePort: UInt16?
    public var baseHTTPPort: UInt16?
    public var verbosity = 3
    /// The executable that runs a node: `starling` itself.
    public var executable: String

    public init(executable: String) { self.executable = executable }
}
