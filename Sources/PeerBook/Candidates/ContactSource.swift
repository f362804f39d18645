public import Primitives

/// How this node knows of a contact: what its address is worth, against one that is known already.
///
/// Hearsay adds nodes and never changes what is known of one. Whoever can name a node could else move it to any address.
public enum ContactSource: Hashable, Sendable {
    /// A peer has named it (peer exchange). Nobody vouches for the address.
    case hearsay(by: NodeID)
    /// The node itself has answered at the address (discv4's endpoint proof).
    case discovery
    /// This node has reached it there in an earlier run.
    case memory
    /// The operator has given the address.
    case `operator`
}

/// What the address of a candidate rests on, the weakest first.
enum AddressProof: Comparable, Sendable {
    case hearsay
    /// The node has answered a datagram there, which a machine in between can have forwarded.
    case answered
    /// A dial has reached the node there.
    case reached

    init(_ source: ContactSource) {
        switch source {
        case .hearsay: self = .hearsay
        case .discovery: self = .answered
        case .memory, .operator: self = .reached
        }
    }
}
