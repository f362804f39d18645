/// One call of a host, as a value, so that it can be made to hosts of any type.
public enum HostCall: Sendable {
    /// The node starts; there are no peers yet.
    case started
    /// A peer shares the capability at this index of the node's list.
    case joined(Peer, index: Int)
    /// The session, whose handshake was this host's, is open: the peer has a slot.
    case sessionOpened(ConnectionID)
    case received(ConnectionID, index: Int, id: UInt8, payload: [UInt8])
    case left(ConnectionID, index: Int)
    case deadlineReached
    /// A job of this host has ended.
    case jobCompleted(ticket: UInt64)
    /// A message of a topic that this host has opened.
    case topicMessage(TopicMessage)
    /// A value of the `Command` type of a capability of this host.
    case commandReceived(any Sendable)
    /// The system clock was set.
    case clockSet
    /// The node stops. The peers are still there; they are told after this.
    case stopping
}

/// What a host wants of topics.
public enum TopicRequest: Sendable {
    case subscribe(Topic)
    case unsubscribe(Topic)
    case publish(Topic, [UInt8])
    /// What the owner of a topic says of a message.
    case judge(TopicMessageID, TopicVerdict)
}
