/// The positions of a capability's versions in the node's list of capabilities, and the version of each joined peer.
struct CapabilitySlots: Sendable {
    /// The index of the first version; the others follow it.
    var first: Int
    /// Ascending.
    let versions: [UInt64]
    /// The joined peers, each with its version.
    var peers: [ConnectionID: Peer] = [:]

    /// The version in which a peer is joined; nil if it isn't.
    func version(of connection: ConnectionID) -> UInt64? { peers[connection]?.version }
}
