public import DevP2P
public import Primitives

/// A node to be dialed now. The connection is the book's business until it is told how the dial went.
public struct DialTarget: Hashable, Sendable {
    public let connection: ConnectionID
    public let id: NodeID
    public let publicKey: PublicKey
    public let endpoint: Endpoint
    /// Whether the operator asked for this peer.
    public let isStatic: Bool
}
