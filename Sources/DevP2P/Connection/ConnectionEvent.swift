public import Primitives

/// What has happened on a connection, for the node. In order: `identified`, `ready`, messages, `closed`.
///
/// Each but `message` comes at most once; `closed` always comes, last, and at any point.
public enum ConnectionEvent: Sendable {
    /// The key exchange is done: the peer holds the private key to this one.
    case identified(PublicKey)
    /// Both Hellos are exchanged and there is a shared capability.
    case ready(PeerHello)
    /// A message of the capability at an index of the node's list; its id in the capability, its payload decompressed.
    case message(capability: Int, id: UInt8, payload: [UInt8])
    case closed(CloseCause)
}
