import DevP2P
import EthWire
import Primitives

/// What an `eth` session tells the node.
enum SessionEvent: Sendable {
    /// Both Statuses fit, so the peer is on our chain, and it has a slot. `said` is the head that ours named, which may have moved since.
    case joined(Peer, EthStatus, said: Hash32)
    case left(Peer)
    /// Any message of an open session that isn't answered from the store alone.
    case message(Peer, EthMessage)
}
