public import NodeRecord

/// A node in the table, with what is known of its liveness.
public struct TableEntry: Hashable, Sendable {
    /// Who and where the node is.
    public let contact: NodeContact
    /// Whether the node has answered at its present endpoint. Only such nodes are named to others.
    public let isLive: Bool
    /// Answered checks; a failed check divides it by three, and at zero the node leaves.
    public let livenessChecks: UInt32
}
