public import NodeRecord
public import PeerBook
public import Primitives

/// A connected peer, as admin_peers shows it.
public struct PeerDescription: Sendable {
    /// The peer's identity, and where it listens as far as known.
    public var enode: EnodeURL
    public var id: NodeID
    /// What the peer calls itself. Not to be trusted.
    public var clientID: String
    /// `name/version`, such as `eth/69`.
    public var capabilities: [String]
    public var localAddress: Endpoint?
    public var remoteAddress: Endpoint
    public var isInbound: Bool
    public var isTrusted: Bool
    public var isStatic: Bool
    /// The version of eth spoken; nil where there is none in common.
    public var ethVersion: UInt64?
    /// The peer's newest block, as far as it said.
    public var head: (hash: Hash32, number: UInt64?)?
    /// What its offences weigh; 0 is good. Nil where it isn't counted.
    public var score: Int?
    /// What the score is made of, and what the peer is good for; nil where neither is counted.
    public var reputation: PeerReputation?
    /// How it has answered requests for blocks; nil where it wasn't asked for any, or nothing has come.
    public var latency: Latency?

    /// The times within which so many of the last answers came.
    public struct Latency: Hashable, Sendable {
        public var p50: Duration
        public var p95: Duration
        public var p99: Duration

        public init(p50: Duration, p95: Duration, p99: Duration) {
            self.p50 = p50
            self.p95 = p95
            self.p99 = p99
        }
    }

    public init(
        enode: EnodeURL, id: NodeID, clientID: String, capabilities: [String], remoteAddress: Endpoint,
        isInbound: Bool
    ) {
        self.enode = enode
        self.id = id
        self.clientID = clientID
        self.capabilities = capabilities
        self.remoteAddress = remoteAddress
        self.isInbound = isInbound
        isTrusted = false
        isStatic = false
    }
}
