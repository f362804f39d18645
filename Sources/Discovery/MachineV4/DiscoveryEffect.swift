public import NodeRecord
public import Primitives

/// An effect that a discovery machine requests.
public enum DiscoveryEffect: Hashable, Sendable {
    /// Send a datagram.
    case send([UInt8], to: Endpoint)
    /// A node has answered at this endpoint. Emitted once per node, and again when its record or endpoint has changed.
    case found(NodeContact)
}
