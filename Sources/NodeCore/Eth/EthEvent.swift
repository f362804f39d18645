import DevP2P
import EthWire
import Primitives

/// What an `eth` session tells the node.
enum EthEvent: Sendable {
    /// Both Statuses fit: the peer is on our chain. `said` is the head that ours named, which may have moved since.
    case joined(Peer, EthStatus, said: Hash32)
    case refused(Peer, StatusRefusal)
    case left(Peer)
    /// Any message of an open session that isn't answered from the store alone.
    case message(Peer, EthMessage)
}
