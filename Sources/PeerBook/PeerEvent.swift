public import DevP2P
public import Primitives
public import SansIO

/// What the book has decided, and why: for logs, metrics and the operator who asks why a node isn't a peer.
public enum PeerEvent: Hashable, Sendable {
    case candidateAdded(NodeID)
    case candidateRefused(NodeID, CandidateRefusal)
    /// Pushed out by a newer one, or given up.
    case candidateDropped(NodeID, failures: Int)
    case dialing(NodeID, Endpoint)
    /// A node stays undialed until the given moment.
    case backedOff(NodeID, Setback, until: Instant)
    case inboundRefused(Endpoint, InboundRefusal)
    /// A connection whose identity is known was refused.
    case refused(NodeID, PeerRefusal)
    case connected(NodeID, isInbound: Bool)
    case disconnected(NodeID, CloseCause)
    /// A peer's score after an offence; at `PeerScore.disconnectAt` it goes, at `PeerScore.banAt` it is banned.
    case offence(NodeID, Offence, score: Int)
    case banned(NodeID, until: Instant)
    /// A peer left to make room for others.
    case rotated(NodeID)
}

/// Why a node isn't worth a dial.
public enum CandidateRefusal: Hashable, Sendable {
    /// This node itself.
    case isSelf
    /// No TCP port, or an address nobody can connect to.
    case notDialable
    /// Its record names another chain or an incompatible fork.
    case wrongFork
    /// Its record names no Ethereum chain at all.
    case notEthereum
    case banned
}

/// Why an accepted connection is closed before a byte is read.
public enum InboundRefusal: Hashable, Sendable {
    /// The address was here less than `PeerLimits.inboundThrottle` ago.
    case throttled
    case tooManyPending
    case tooManyPendingFromAddress
    case subnetFull
    case addressBanned
}

/// Why a connection is refused once it is known who is at the other end.
public enum PeerRefusal: Hashable, Sendable {
    case isSelf
    case banned
    case tooManyPeers
    case inboundSlotsFull
    /// There is a connection already, or another one to the same node wins.
    case alreadyConnected
    /// A dial reached another node than intended.
    case unexpectedIdentity
    case subnetFull

    /// What the peer is told.
    public var reason: DisconnectReason {
        switch self {
        case .isSelf: .connectedToSelf
        case .banned: .uselessPeer
        case .tooManyPeers, .inboundSlotsFull, .subnetFull: .tooManyPeers
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
