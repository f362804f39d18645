import NodeRecord
import Primitives

/// A node at an address, which is what an endpoint proof is about.
///
/// The port isn't part of it, as in go-ethereum: a proof is to keep answers from a stranger's machine. Several nodes
/// on one address differ by their ids.
struct PeerAddress: Hashable, Sendable {
    let id: NodeID
    let ip: IPAddress

    init(id: NodeID, ip: IPAddress) {
        self.id = id
        self.ip = ip
    }

    init(_ contact: NodeContact) { self.init(id: contact.id, ip: contact.ip) }
}
