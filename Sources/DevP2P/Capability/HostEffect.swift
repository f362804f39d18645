public import NodeRecord
public import Primitives

/// What a host of capabilities wants done.
///
/// - Parameter Event: what it tells the program that runs the node; `any Sendable` where the node has hosts of any type.
public enum HostEffect<Event: Sendable>: Sendable {
    case send(ConnectionID, OutboundMessage)
    case disconnect(ConnectionID, DisconnectReason)
    /// The handshake of the session is done. In it the peer may have said that it is far behind.
    case openSession(ConnectionID, isBehind: Bool)
    /// The handshake has shown that the peer is of no use here: a short label for metrics, and the reason in words. The
    /// connection is ended by another effect.
    case sessionRefused(ConnectionID, label: String, reason: String)
    /// Take nothing more from the peer until `resume`.
    case pause(ConnectionID)
    case resume(ConnectionID)
    case offence(ConnectionID, Offence)
    case credit(ConnectionID, Merit, bytes: Int, latency: Duration?)
    /// `jobCompleted` of the same host follows.
    case run(Job)
    /// As `run`, once the upload budget has room for the answer.
    case serve(ServingJob)
    /// A message went to fewer peers than it would have, for want of upload.
    case heldBack
    case topic(TopicRequest)
    /// An entry of the node's own record.
    case recordEntry(String, rlp: [UInt8])
    /// Which nodes are worth a dial from now on.
    case candidateFilter(any CandidateFilter)
    /// Keep a connection to this node, whatever the number of peers.
    case keepPeer(NodeContact)
    case dropPeer(NodeID)
    /// Nodes that a peer has named: hearsay.
    case heard([NodeContact], from: ConnectionID)
    /// Whether the host is getting from peers what it lacks, and whether they keep it waiting.
    case progress(HostProgress)
    /// By how much the clock of a peer is ahead of this node's.
    case clockDifference(ConnectionID, Duration)
    /// Answers a command.
    case reply(Reply)
    case event(Event)
}

/// How a host gets on with what it needs from peers.
public struct HostProgress: Hashable, Sendable {
    /// It is fetching what it lacks: others may be better informed than this node.
    public var isSyncing: Bool
    /// Nothing has come for long, and the peers that there are can't be the reason to be content: the peer book tries others.
    public var isHeldUp: Bool

    public init(isSyncing: Bool, isHeldUp: Bool) {
        self.isSyncing = isSyncing
        self.isHeldUp = isHeldUp
    }
}

extension HostEffect {
    /// The same effect for a node that has hosts of any type.
    public var erased: HostEffect<any Sendable> { map { $0 } }

    /// The same effect with another type of event.
    public func map<Other: Sendable>(_ event: (Event) -> Other) -> HostEffect<Other> {
        switch self {
        case .send(let id, let message): .send(id, message)
        case .disconnect(let id, let reason): .disconnect(id, reason)
        case .openSession(let id, let isBehind): .openSession(id, isBehind: isBehind)
        case .sessionRefused(let id, let label, let reason): .sessionRefused(id, label: label, reason: reason)
        case .pause(let id): .pause(id)
        case .resume(let id): .resume(id)
        case .offence(let id, let offence): .offence(id, offence)
        case .credit(let id, let merit, let bytes, let latency): .credit(id, merit, bytes: bytes, latency: latency)
        case .run(let job): .run(job)
        case .serve(let job): .serve(job)
        case .heldBack: .heldBack
        case .topic(let request): .topic(request)
        case .recordEntry(let key, let rlp): .recordEntry(key, rlp: rlp)
        case .candidateFilter(let filter): .candidateFilter(filter)
        case .keepPeer(let contact): .keepPeer(contact)
        case .dropPeer(let id): .dropPeer(id)
        case .heard(let contacts, let id): .heard(contacts, from: id)
        case .progress(let progress): .progress(progress)
        case .clockDifference(let id, let difference): .clockDifference(id, difference)
        case .reply(let reply): .reply(reply)
        case .event(let value): .event(event(value))
        }
    }
}
