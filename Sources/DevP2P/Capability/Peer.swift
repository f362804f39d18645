public import Primitives

/// A connected peer that shares a capability with this node.
///
/// Equality and hash are those of the connection: the same node connected again later is another peer.
public struct Peer: Sendable {
    public let connection: ConnectionID
    public let id: NodeID
    public let publicKey: PublicKey
    /// Whether the peer dialed this node.
    public let isInbound: Bool
    /// What the peer calls itself in its Hello, for instance `Geth/v1.16.0/linux-amd64/go1.25`. Not to be trusted.
    public let clientID: String
    /// The far end of the TCP connection. Its port is the peer's listening port only if this node dialed.
    public let endpoint: Endpoint
    /// The version of the capability that the peer is handed to; 0 of a peer that isn't handed to one, as in a node's events.
    public internal(set) var version: UInt64 = 0

    public init(
        connection: ConnectionID, id: NodeID, publicKey: PublicKey, isInbound: Bool, clientID: String,
        endpoint: Endpoint
    ) {
        self.connection = connection
        self.id = id
        self.publicKey = publicKey
        self.isInbound = isInbound
        self.clientID = clientID
        self.endpoint = endpoint
    }
}

extension Peer: Hashable {
    public static func == (left: Self, right: Self) -> Bool { left.connection == right.connection }

    public func hash(into hasher: inout Hasher) { hasher.combine(connection) }
}

extension Peer: CustomStringConvertible {
    public var description: String { "\(id.short)@\(endpoint)" }
}
