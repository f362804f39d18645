public import NodeRecord
public import Primitives

/// How a node answers in discv4.
public struct DiscoveryReport: Sendable {
    public let endpoint: Endpoint
    public let publicKey: PublicKey
    /// From ping to pong.
    public let latency: Duration
    /// Where the node sees the probe: its address behind a NAT, for instance.
    public let observed: Endpoint?
    /// The version of its record, by its pong (EIP-868).
    public let recordSeq: UInt64?
    /// Its record, where it answered when asked for it.
    public var record: NodeRecord?
}
