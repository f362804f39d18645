public import NodeRecord

/// A node in the table, with the results of its liveness checks.
public struct TableEntry: Hashable, Sendable {
    /// The node's identity and endpoint.
    public let contact: NodeContact
    /// Whether the node has answered at its present endpoint. Only such nodes are relayed to others.
    public let isLive: Bool
    /// The number of checks answered; a failed check divides it by three, and at zero the entry is removed.
    public let livenessChecks: UInt32
}
