import NodeRecord
import Primitives

/// A node at an IP address: the subject of an endpoint proof.
///
/// The port isn't part of it, as in go-ethereum: the proof prevents responses to uninvolved machines. Several nodes at
/// one address differ in their ids.
struct PeerAddress: Hashable, Sendable {
    let id: NodeID
    let ip: IPAddress

    init(id: NodeID, ip: IPAddress) {
        self.id = id
        self.ip = ip
    }

    init(_ contact: NodeContact) { self.init(id: contact.id, ip: contact.ip) }
}
