public import DevP2P
public import PeerBook
public import Primitives

/// What a person or a program may want to know about a node as it happens.
public enum NodeEvent: Sendable {
    case peerConnected(Peer, capabilities: [CapabilityName])
    case peerDisconnected(Peer, CloseCause)
    /// A connection ended before it became a peer, or was refused.
    case connectionRefused(Endpoint, reason: String)
    case offence(Peer, Offence)
    /// A decision of the peer book, with its reason.
    case peerBook(PeerEvent)
    /// What a capability emitted: a value of its `Event` type. Of a host of several capabilities the name is the first one's.
    case capability(CapabilityName, any Sendable)
    /// What was kept of some peer over a restart can't be used or written: which and why.
    case peersForgotten(String)
    /// The system clock was set, forwards or (below zero) backwards.
    case clockSet(by: Duration)
    /// The clocks of others are ahead of this node's by so much (behind, below zero): the median of so many ranges of
    /// addresses. Somebody's clock is wrong, most likely this node's.
    case clockDiffers(by: Duration, ranges: Int)
    /// No file descriptors are left for connections, of so many that this process may have: for a while none is accepted
    /// or dialed.
    case descriptorsLacking(limit: Int)
    /// The host name of a node stands for no address now: why, and in how long it is looked up again.
    case nameNotFound(String, again: Duration)
}
