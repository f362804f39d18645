/// A message of a topic that a capability has subscribed to.
public struct TopicMessage: Sendable {
    public let topic: Topic
    /// To answer with later, by `CapabilityContext.judge`.
    public let id: TopicMessageID
    public let bytes: [UInt8]
    /// The neighbour that it came from first, which needn't be who made it, nor share the capability.
    public let peer: Peer

    public init(topic: Topic, id: TopicMessageID, bytes: [UInt8], from peer: Peer) {
        self.topic = topic
        self.id = id
        self.bytes = bytes
        self.peer = peer
    }
}

/// What the owner of a topic says of a message. Until then no neighbour gets it from this node.
public enum TopicVerdict: Hashable, Sendable {
    /// It is right: pass it on.
    case accept
    /// It is wrong, as an honest node would have known: drop it, and whoever sent it has done wrong.
    case reject
    /// Neither: drop it.
    case ignore
    /// Not yet: the answer follows by `CapabilityContext.judge`, after a job for instance. One that takes longer than
    /// some ten seconds comes to nothing.
    case later
}
