import DevP2P
import Primitives
import SansIO

/// What the node knows about one TCP connection.
struct Connection: Sendable {
    let endpoint: Endpoint
    let isInbound: Bool
    let since: Instant
    /// Set once the key exchange is done.
    var key: PublicKey?
    /// Set once Hellos are exchanged and the peer book has given it a slot.
    var peer: Peer?
    var hello: PeerHello?
    /// How often it is served while its gossip isn't taken.
    var ration: TokenBucket?
    /// Our own Disconnect is on its way: nothing more is taken from it.
    var isClosing = false
}
