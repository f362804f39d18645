public import DevP2P

/// What a mesh wants done. Topics are named by the numbers that the mesh's owner gave them.
public enum TopicAction: Hashable, Sendable {
    /// Tell a peer that it is in the mesh of a topic.
    case graft(Int, ConnectionID)
    /// Tell a peer that it isn't, for how long it shall not graft, and which others of the topic it may try instead.
    case prune(Int, ConnectionID, backoff: Duration, instead: [ConnectionID])
    /// Announce messages to a peer outside the mesh.
    case have(Int, [TopicMessageID], ConnectionID)
    case want([TopicMessageID], ConnectionID)
    /// Refuse a message that is here already.
    case dontWant(TopicMessageID, [ConnectionID])
    /// Send the message itself.
    case send(TopicMessageID, [ConnectionID])
    /// The message is no longer needed.
    case forget(TopicMessageID)
    case offence(Offence, ConnectionID)
}
