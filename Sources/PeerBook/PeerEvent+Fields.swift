import DevP2P
public import Primitives
import SansIO

extension PeerEvent {
    /// What kind of decision it is.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case candidateAdded, candidateRefused, candidateDropped, dialing, dialFailed, backedOff, inboundRefused, evicted
        case handshakeEnded, refused, connected, sessionRefused, disconnected, offence, ignored, spared, banned,
            rangeClosed
        case pardoned, rotated
    }

    public var kind: Kind { fields.kind }

    /// Whom it is about; nil where that isn't known yet.
    public var node: NodeID? { fields.node }

    /// The address that it is about, where it is about one.
    public var endpoint: Endpoint? { fields.endpoint }

    /// Why, for people.
    public var reason: String { fields.reason }

    /// Why, as one of a few tokens: what counters and programs go by. They stay as they are, whatever the words of `reason`
    /// become, and no peer can make up new ones.
    public var label: String {
        switch self {
        case .candidateRefused(_, let why): why.rawValue
        case .candidateDropped(_, .givenUp): "givenUp"
        case .candidateDropped(_, .pushedOut): "pushedOut"
        case .candidateDropped(_, .removed): "removed"
        case .dialing(_, _, let why): why.rawValue
        case .backedOff(_, let why, _): why.rawValue
        case .inboundRefused(_, let why), .evicted(_, _, let why): why.rawValue
        case .handshakeEnded(_, _, _, let cause), .disconnected(_, let cause): cause.label
        case .refused(_, let why): why.rawValue
        case .connected(_, let isInbound): isInbound ? "inbound" : "outbound"
        case .sessionRefused(_, let label, _): label
        case .offence(_, let offence, _): offence.rawValue
        case .candidateAdded: "found"
        case .dialFailed: "unreachable"
        case .spared(_, let rule, _): rule.rawValue
        case .ignored, .banned, .rangeClosed: "score"
        case .pardoned: "operator"
        case .rotated: "room"
        }
    }

    /// The node's score after it, where it changes that.
    public var score: Int? {
        switch self {
        case .offence(_, _, let score), .ignored(_, let score), .spared(_, _, let score), .rangeClosed(_, let score):
            score
        case .pardoned: 0
        default: nil
        }
    }

    private struct Fields {
        let kind: Kind
        var node: NodeID?
        var endpoint: Endpoint?
        var reason: String
    }

    private var fields: Fields {
        switch self {
        case .candidateAdded(let id): Fields(kind: .candidateAdded, node: id, reason: "worth a dial")
        case .candidateRefused(let id, let why): Fields(kind: .candidateRefused, node: id, reason: "\(why)")
        case .candidateDropped(let id, let why): Fields(kind: .candidateDropped, node: id, reason: "\(why)")
        case .dialing(let id, let endpoint, let why):
            Fields(kind: .dialing, node: id, endpoint: endpoint, reason: "\(why)")
        case .dialFailed(let endpoint, let id):
            Fields(kind: .dialFailed, node: id, endpoint: endpoint, reason: "\(Setback.unreachable)")
        case .backedOff(let id, let why, _): Fields(kind: .backedOff, node: id, reason: "\(why)")
        case .inboundRefused(let endpoint, let why):
            Fields(kind: .inboundRefused, endpoint: endpoint, reason: "\(why)")
        case .evicted(let endpoint, let id, let why):
            Fields(kind: .evicted, node: id, endpoint: endpoint, reason: "idle, for a newcomer: \(why)")
        case .handshakeEnded(let endpoint, let id, _, let cause):
            Fields(kind: .handshakeEnded, node: id, endpoint: endpoint, reason: "\(cause)")
        case .refused(let id, let why): Fields(kind: .refused, node: id, reason: "\(why)")
        case .connected(let id, let isInbound):
            Fields(kind: .connected, node: id, reason: isInbound ? "it dialed us" : "we dialed it")
        case .sessionRefused(let id, _, let why): Fields(kind: .sessionRefused, node: id, reason: why)
        case .disconnected(let id, let cause): Fields(kind: .disconnected, node: id, reason: "\(cause)")
        case .offence(let id, let offence, _): Fields(kind: .offence, node: id, reason: offence.words)
        case .ignored(let id, _): Fields(kind: .ignored, node: id, reason: "its gossip isn't taken for now")
        case .spared(let id, let rule, _):
            Fields(kind: .spared, node: id, reason: "'\(rule.words)' has removed its share of the peers for now")
        case .banned(let id, let offence, let until):
            Fields(kind: .banned, node: id, reason: "\(offence.words), until second \(until.unixSeconds)")
        case .rangeClosed(let range, _):
            Fields(kind: .rangeClosed, reason: "no new nodes of \(range) for what others of it did")
        case .pardoned(let id, let score):
            Fields(kind: .pardoned, node: id, reason: "the operator wants it, score was \(score)")
        case .rotated(let id): Fields(kind: .rotated, node: id, reason: "makes room for others")
        }
    }
}

extension PeerEvent: CustomStringConvertible {
    /// A line for a log, for instance `evicted 10.0.0.1:5000: idle, for a newcomer: too many handshakes are under way`.
    public var description: String {
        let fields = fields
        var text = fields.kind.words
        if let node = fields.node { text += " \(node)" }
        if let endpoint = fields.endpoint { text += " \(endpoint)" }
        text += ": \(fields.reason)"
        if let score { text += ", score \(score)" }
        return text
    }
}

extension CloseCause {
    fileprivate var label: String {
        switch self {
        case .remote(let reason?): "remote: \(reason)"
        case .remote(nil): "remote: invalid reason"
        case .local(let reason): "local: \(reason)"
        case .network: "network"
        case .timeout(let phase): "timeout: \(phase.rawValue)"
        case .outputOverflow: "outputOverflow"
        case .protocolError(let error): "protocol: \(error.offence?.rawValue ?? "wrongMAC")"
        }
    }
}
