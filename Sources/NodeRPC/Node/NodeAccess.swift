public import Chain
public import EthNode
public import NodeCore
public import NodeNIO
public import PeerBook
public import Primitives
public import Storage

/// What the RPC server needs of a node: the only thing that it knows of one.
///
/// `RunningNode` is a node on sockets; tests have their own.
public protocol NodeAccess: Sendable {
    /// What doesn't change while the node runs.
    var profile: NodeProfile { get }

    /// The chain on disk. The server reads it on worker threads.
    var chain: ChainStore { get }

    /// Where the node listens and how it calls itself now.
    func identity() async -> NodeIdentity

    /// Counts, and whether the node is behind.
    func activity() async -> NodeActivity

    /// The connected peers, in a fixed order.
    func peers() async -> [PeerDescription]

    /// The node's capabilities and what they have exchanged with peers, in a fixed order.
    func capabilities() async -> [CapabilityStatus]

    /// What went over the sockets, by class, and what the upload limits have held back.
    func bandwidth() async -> NodeBandwidth

    /// How many decisions about peers there have been for each reason, in a fixed order.
    func decisionCounts() async -> [DecisionCount]

    /// Hands a transaction to the pool, and with that to the peers.
    ///
    /// - Throws: what the client is told.
    func submit(_ transaction: Transaction) async throws(RPCError) -> Hash32

    /// A transaction that waits in the pool; nil if it isn't there.
    func pooledTransaction(_ hash: Hash32) async -> Transaction?

    /// The nonce after the account's last executable transaction in the pool; nil where the pool has none of it.
    func nextNonce(of address: Address) async -> UInt64?

    /// The pool's transactions, at most this many of each kind.
    func pool(limit: Int) async -> PoolContent

    /// The newest blocks as they came, the newest last.
    func blockArrivals(limit: Int) async -> [ArrivedBlock]

    /// The newest decisions about peers, the newest last: every dial, refusal, drop and change of a score.
    func peerDecisions(limit: Int) async -> [PeerDecision]

    /// Where the node knows its nodes from.
    func peerSources() async -> [PeerSource]

    /// What has become of blocks since the node's start.
    func chainActivity() async -> ChainActivity

    /// The nodes and addresses that are kept out, the ban that ends first first.
    func peerBans() async -> [PeerBan]

    /// Keeps a connection to a node, as `admin_addPeer`.
    ///
    /// - Throws: what the client is told.
    func addPeer(_ node: NodeReference) async throws(RPCError)

    /// Ends that.
    ///
    /// - Throws: what the client is told.
    func removePeer(_ id: NodeID) async throws(RPCError)
}
