public import Chain
public import DevP2P
public import EthWire

/// What transaction gossip wants done.
public enum TransactionGossipAction: Sendable {
    /// The same message to several peers.
    case send(EthMessage, to: [Peer])
    /// Find out sender and account, put them into the pool, and call `validated` with the outcome.
    case validate([Transaction], from: Peer)
    case offence(Offence, by: Peer)
    /// A peer has responded to a request with something, after this time.
    case credit(Merit, to: Peer, bytes: Int, latency: Duration)
}
