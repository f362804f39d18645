import DevP2P
import EthWire

/// What an `eth` session tells the node.
enum EthEvent: Sendable {
    /// Both Statuses fit: the peer is on our chain.
    case joined(Peer, EthStatus)
    case refused(Peer, StatusRefusal)
    case left(Peer)
    /// Any message of an open session that isn't answered from the store alone.
    case message(Peer, EthMessage)
}
