public import NodeRecord
public import Primitives

/// What a discovery machine wants done.
public enum DiscoveryEffect: Hashable, Sendable {
    case send([UInt8], to: Endpoint)
    /// A node has answered at this endpoint. Emitted once for a node, and again when its record or endpoint changed.
    case found(NodeContact)
}
