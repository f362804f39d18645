public import DevP2P
public import PeerBook
public import Primitives
public import SansIO
public import Storage

/// What a person or a program may want to know about a node as it happens.
public enum NodeEvent: Sendable {
    case peerConnected(Peer, capabilities: [CapabilityName])
    case peerDisconnected(Peer, CloseCause)
    /// A connection ended before it became a peer, or was refused.
    case connectionRefused(Endpoint, reason: String)
    case offence(Peer, Offence)
    /// A decision of the peer book, with its reason.
    case peerBook(PeerEvent)
    /// The chain's head moved. `dropped` blocks of the old branch were undone.
    case newHead(ChainHead, dropped: Int)
    case sealed(ChainHead, transactions: Int, inTurn: Bool)
    /// It was this node's turn, and there is no block. It tries again.
    case sealingFailed(String)
    /// A block was first seen by this node: pushed, fetched, or sealed by itself.
    case blockArrived(hash: Hash32, number: UInt64, at: Instant, sealedHere: Bool)
    case blockRejected(number: UInt64, hash: Hash32, why: String)
    case syncStarted(target: UInt64)
    case syncProgress(current: UInt64, target: UInt64)
    case syncFinished(number: UInt64)
    /// What a user's own capability emitted.
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
    /// The node can't go on storing blocks: the disk failed.
    case failed(String)
}
