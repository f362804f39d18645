public import DevP2P
public import NodeRecord
public import Primitives

/// What happens to a node. The driver feeds these, one after the other, on the node's home loop.
public enum NodeInput: Sendable {
    /// The sockets are open and the node may speak.
    case start
    case datagram([UInt8], from: Endpoint)
    /// A TCP connection came in; `NodeCore` may close it at once.
    case accepted(ConnectionID, from: Endpoint)
    /// A `dial` effect came to nothing: refused, unreachable, timed out.
    case dialFailed(ConnectionID)
    /// A `dial` effect couldn't be carried out, for want of something on this machine.
    case dialPostponed(ConnectionID)
    /// What a connection's `PeerConnection` saw since the last batch, in order.
    case connection(ConnectionID, [ConnectionEvent])
    /// Whether a peer takes less than it is sent (`PeerConnection.isCongested`): as long as that is so, its requests wait.
    case congested(ConnectionID, Bool)
    /// The work of a job is done; its result is where the work has left it.
    case jobCompleted(JobID)
    /// Keep a connection to this node, as `admin_addPeer`.
    case addPeer(NodeContact)
    case removePeer(NodeID)
    /// What the node's user has to tell a capability: a value of its `Command` type. Nothing happens where no capability
    /// has the name.
    case command(CapabilityName, any Sendable)
    /// So many bytes have gone out over TCP beside the messages that the node sent: handshakes, pings, goodbyes.
    case controlSent(Int)
    /// The system clock is so far ahead of the node's own time, which began with it: measured anew now and then, so that a
    /// clock that is set, or a machine that slept, doesn't leave the node in another time than everybody else.
    case clockSet(offset: Duration)
    /// The moment that `NodeCore.deadline` named has come.
    case deadlineReached
    /// Say goodbye to every peer; no further dials.
    case stop
}

/// Names a running job.
public struct JobID: Hashable, Comparable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
