/// How much a message matters where a node may not send all that it would like to.
///
/// Messages of a class keep their order on a connection. One of another class may overtake those that wait: a message that
/// changes what earlier ones mean ends their stream (`CapabilityMessage.endedStreams`), or is of their class.
public enum UploadClass: String, Hashable, Sendable, CaseIterable {
    /// Small, and without it nothing works: handshakes, pings, requests, where a chain ends. It always goes.
    case control
    /// What keeps the network together: new blocks and transactions, a consensus's own messages. It may have the whole
    /// budget, and waits where that is spent.
    case relay
    /// Answers to those who fetch what they missed. They get what relaying leaves.
    case serving
}
