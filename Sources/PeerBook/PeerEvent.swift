public import DevP2P
public import Primitives
public import SansIO

/// What the book has decided, and why: for logs, metrics and the operator who asks why a node isn't a peer.
public enum PeerEvent: Hashable, Sendable {
    case candidateAdded(NodeID)
    case candidateRefused(NodeID, CandidateRefusal)
    case candidateDropped(NodeID, CandidateLoss)
    case dialing(NodeID, Endpoint, DialReason)
    /// Nobody was there: TCP was refused or timed out.
    case dialFailed(Endpoint, NodeID?)
    /// A node stays undialed until the given moment.
    case backedOff(NodeID, Setback, until: Instant)
    case inboundRefused(Endpoint, InboundRefusal)
    /// A handshake, or a session that didn't open, gave way to a newcomer, who would have been refused for this.
    case evicted(Endpoint, NodeID?, for: InboundRefusal)
    /// A connection ended before it was a peer.
    case handshakeEnded(Endpoint, NodeID?, isInbound: Bool, CloseCause)
    /// A connection whose identity is known was refused.
    case refused(NodeID, PeerRefusal)
    case connected(NodeID, isInbound: Bool)
    /// A peer whose session can't begin: it is on another chain, or breaks the protocol at its start. `label` is one of
    /// a few words, `reason` is for people.
    case sessionRefused(NodeID, label: String, reason: String)
    case disconnected(NodeID, CloseCause)
    /// A peer's score after an offence; what follows from it is in the `ReputationTable`.
    case offence(NodeID, Offence, score: Int)
    /// From now on a peer's gossip isn't taken, until its score has fallen.
    case ignored(NodeID, score: Int)
    /// A peer would have to go, but the rule of judgement that says so has removed its share of the peers for now.
    case spared(NodeID, Offence, score: Int)
    case banned(NodeID, for: Offence, until: Instant)
    /// A range of addresses gets no slot for a new node until its score has fallen.
    case rangeClosed(Subnet, score: Int)
    /// The operator wants the node: its score, which was this, is forgotten, and so is a ban.
    case pardoned(NodeID, score: Int)
    /// A peer left to make room for others.
    case rotated(NodeID)
}

/// Why a node is no candidate any more.
public enum CandidateLoss: Hashable, Sendable {
    /// A newer one needed the room.
    case pushedOut
    /// After so many failures in a row.
    case givenUp(failures: Int)
    /// The operator no longer wants it.
    case removed
}

/// Why a node is dialed.
public enum DialReason: String, CaseIterable, Hashable, Sendable {
    /// The operator asked for it.
    case staticPeer
    case trustedPeer
    /// A slot is free, and the node was a peer of ours for long in an earlier run.
    case anchor
    /// A slot is free, and discovery or an earlier run knows the node.
    case discovered
}

/// Why an accepted connection is closed before a byte is read.
public enum InboundRefusal: String, CaseIterable, Hashable, Sendable {
    /// The address was here less than `PeerLimits.inboundThrottle` ago.
    case throttled
    case tooManyPending
    case tooManyPendingFromAddress
    case subnetFull
    case addressBanned
}

/// Why a connection is refused once it is known who is at the other end.
public enum PeerRefusal: String, CaseIterable, Hashable, Sendable {
    case isSelf
    case banned
    /// Disconnected for its score a while ago, which hasn't fallen far enough.
    case excluded
    /// Its id has cost too little (`PeerLimits.minNodeIDWork`).
    case insufficientWork
    /// Too much was done from its range of addresses, and the node is new.
    case rangeClosed
    case tooManyPeers
    case inboundSlotsFull
    /// Hellos are exchanged, and too many others whose session isn't open either are as young.
    case tooManyPendingSessions
    /// There is a connection already, or another one to the same node wins.
    case alreadyConnected
    /// A dial reached another node than intended.
    case unexpectedIdentity
    case subnetFull

    /// Whether it is for want of a slot.
    var isOfSlots: Bool { self == .tooManyPeers || self == .inboundSlotsFull }

    /// What the peer is told.
    public var reason: DisconnectReason {
        switch self {
        case .isSelf: .connectedToSelf
        case .banned, .excluded, .insufficientWork: .uselessPeer
        case .tooManyPeers, .inboundSlotsFull, .tooManyPendingSessions, .subnetFull, .rangeClosed: .tooManyPeers
        case .alreadyConnected: .alreadyConnected
        case .unexpectedIdentity: .unexpectedIdentity
        }
    }
}

/// What the book wants done, in order.
public enum PeerBookEffect: Hashable, Sendable {
    case disconnect(ConnectionID, DisconnectReason)
    case event(PeerEvent)
}
