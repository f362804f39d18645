import DevP2P
import PeerBook
import Primitives
import SansIO

/// Why nodes that were tried lately are no peers, in words: how many nodes for each reason, the most frequent first. Of a
/// node the last reason counts; but what its connection ended with says less than why its session was refused.
struct Obstacles {
    static let window = Duration.seconds(300)

    let counts: [(reason: String, count: Int)]

    init(_ journal: PeerJournal, now: Instant) {
        var reasons: [Subject: (text: String, kind: PeerEvent.Kind)] = [:]
        for entry in journal.newest(.max) where now - entry.at < Self.window {
            guard let reason = entry.event.obstacle,
                let subject = entry.event.node.map(Subject.node) ?? entry.event.endpoint.map(Subject.endpoint)
            else { continue }
            let kind = entry.event.kind
            if kind == .handshakeEnded, let known = reasons[subject], known.kind != kind { continue }
            reasons[subject] = (reason, kind)
        }
        var counts: [String: Int] = [:]
        for reason in reasons.values { counts[reason.text, default: 0] += 1 }
        self.counts = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    private enum Subject: Hashable {
        case node(NodeID)
        case endpoint(Endpoint)
    }
}

extension PeerEvent {
    /// Why the node is no peer, as it stands after "was" or "were"; nil for what keeps no node from being one.
    fileprivate var obstacle: String? {
        switch self {
        case .dialFailed: "unreachable"
        case .handshakeEnded(_, _, _, let cause): cause.obstacle
        case .refused(_, let refusal): refusal.obstacle
        case .sessionRefused(_, let label, _):
            switch label {
            case "wrongGenesis": "of another genesis block"
            case "wrongNetwork": "of another network id"
            case "wrongFork": "of an incompatible fork of the chain"
            default: "in breach of the protocol"
            }
        default: nil
        }
    }
}

extension CloseCause {
    fileprivate var obstacle: String? {
        switch self {
        case .remote(.tooManyPeers): "full (too many peers)"
        case .remote(let reason?): "unwilling (\(reason))"
        case .remote(nil): "unwilling"
        case .local(.uselessPeer): "without a protocol in common"
        case .local(let reason): "refused by this node (\(reason))"
        case .network: "gone during the handshake"
        case .timeout: "silent during the handshake"
        case .outputOverflow: "too slow"
        case .protocolError: "in breach of the protocol"
        }
    }
}

extension PeerRefusal {
    fileprivate var obstacle: String? {
        switch self {
        case .alreadyConnected: nil
        case .isSelf: "this node itself"
        case .banned, .excluded, .rangeClosed: "excluded for what it did before"
        case .insufficientWork: "of an id with too little work"
        case .tooManyPeers, .inboundSlotsFull, .tooManyPendingSessions, .subnetFull: "refused for want of a slot here"
        case .unexpectedIdentity: "of another key than was given"
        }
    }
}
