import DevP2P
import Primitives

/// What a peer was asked for.
struct BlockRequest: Sendable {
    enum Kind: Sendable {
        /// So many transactions of the form of a block that the peer itself has sent.
        case transactions(of: Hash32, count: Int)
        case whole(Hash32)
    }

    let kind: Kind
    let peer: Peer
}
