public import NodeRecord

/// Which nodes are worth a dial, as far as their records tell: those of one's own chain, or those that speak one's protocol.
///
/// A wrong network noticed only after dialing costs a TCP connection, two handshakes and a slot.
public protocol CandidateFilter: Sendable {
    /// Why the node with this record is not worth a dial; nil where it may be. Most nodes that were only heard of have no
    /// record.
    func refusal(of record: NodeRecord?) -> CandidateRefusal?
}

/// Why a node isn't worth a dial.
public enum CandidateRefusal: String, CaseIterable, Hashable, Sendable {
    /// This node itself.
    case isSelf
    /// No TCP port, or an address nobody can connect to.
    case notDialable
    /// Its record names another chain or an incompatible fork.
    case wrongFork
    /// Its record names no Ethereum chain at all.
    case notEthereum
    case banned
    /// Its id has cost too little (`PeerLimits.minNodeIDWork`).
    case insufficientWork
    /// It is known by a peer's word only, and that peer, or all together, have named as many as they may.
    case hearsayFull
}
