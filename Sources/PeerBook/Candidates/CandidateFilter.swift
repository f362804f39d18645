public import NodeRecord

/// Which nodes are worth a dial to whoever owns the peer book, as far as their records tell: those of its own chain, or those
/// that speak its protocol.
///
/// A wrong network noticed only after dialing costs a TCP connection, two handshakes and a slot.
public protocol CandidateFilter: Sendable {
    /// Why the node with this record is not worth a dial; nil where it may be. Most nodes that were only heard of have no
    /// record.
    func refusal(of record: NodeRecord?) -> CandidateRefusal?
}
