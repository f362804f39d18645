public import DevP2P
public import Primitives

/// What a node wants done. The driver carries these out in order.
public enum NodeEffect: Sendable {
    case sendDatagram([UInt8], to: Endpoint)
    /// Open a TCP connection and be the initiator towards the holder of the key. Answered by `connection` events or
    /// by `dialFailed`.
    case dial(ConnectionID, to: Endpoint, PublicKey)
    case send(ConnectionID, [OutboundMessage])
    case disconnect(ConnectionID, DisconnectReason)
    /// Take no more from the peer until `resume`: it has asked for more than is answered. What is underway still comes.
    case pause(ConnectionID)
    case resume(ConnectionID)
    /// Run on a worker thread; answer with `NodeInput.jobCompleted`.
    case run(JobID, Job)
    /// Call it: the answer to a command.
    case reply(Reply)
    case event(NodeEvent)
}
