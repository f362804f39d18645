public import Primitives
public import SansIO

/// What a node has decided about a peer, and why.
public struct PeerDecision: Sendable {
    /// Counts all decisions from 1 on.
    public var number: UInt64
    public var at: Instant
    /// Such as `dialing`, `inboundRefused`, `disconnected`, `offence`.
    public var kind: String
    /// Nil where it isn't known who is at the other end.
    public var node: NodeID?
    public var endpoint: Endpoint?
    /// For people: their words may change.
    public var reason: String
    /// For programs: one of a few tokens that stay.
    public var label: String
    /// The node's score afterwards, where it has changed; 0 is good.
    public var score: Int?

    public init(
        number: UInt64, at: Instant, kind: String, node: NodeID? = nil, endpoint: Endpoint? = nil, reason: String,
        label: String, score: Int? = nil
    ) {
        self.number = number
        self.at = at
        self.kind = kind
        self.node = node
        self.endpoint = endpoint
        self.reason = reason
        self.label = label
        self.score = score
    }
}

/// How often a node has decided something for a reason.
public struct DecisionCount: Hashable, Sendable {
    /// As `PeerDecision.kind`.
    public var kind: String
    /// As `PeerDecision.label`.
    public var reason: String
    public var count: UInt64

    public init(kind: String, reason: String, count: UInt64) {
        self.kind = kind
        self.reason = reason
        self.count = count
    }
}
