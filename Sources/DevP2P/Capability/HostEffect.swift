/// What a capability wants done, as its host hands it to the node.
public enum HostEffect: Sendable {
    case send(ConnectionID, OutboundMessage)
    case disconnect(ConnectionID, DisconnectReason)
    /// The handshake of the session is done. In it the peer may have said that it is far behind.
    case openSession(ConnectionID, isBehind: Bool)
    /// Take nothing more from the peer until `resume`.
    case pause(ConnectionID)
    case resume(ConnectionID)
    case offence(ConnectionID, Offence)
    case credit(ConnectionID, Merit, bytes: Int, latency: Duration?)
    /// The result goes back to the same host's `jobCompleted`.
    case run(Job)
    /// As `run`, once the upload budget has room for the answer.
    case serve(ServingJob)
    case subscribe(Topic)
    case unsubscribe(Topic)
    case publish(Topic, [UInt8])
    /// What the owner of a topic says of a message.
    case judge(TopicMessageID, TopicVerdict)
    /// A value of the capability's `Event` type.
    case event(any Sendable)
}
