import Chain
import DevP2P
import EthWire
import Primitives
import SansIO
import Storage
import Sync

/// `eth` at this node, in all its versions: Status, and requests that are answered from the store. Everything else goes to
/// the node as an event: what to do with blocks and transactions is not a session's business.
struct EthSessions: Capability {
    typealias Message = EthMessage
    typealias Event = SessionEvent

    /// An answer that a job has put together.
    struct JobResult: Sendable {
        let peer: Peer
        let answer: EthMessage?
    }

    static let name = EthVersion.newest.name
    static let versions = EthVersion.allCases.map(\.number)
    static let limits = EthVersion.limits
    static let hasHandshake = true

    private enum Session: Sendable {
        /// Ours has named the head.
        case awaitingStatus(until: Instant, said: Hash32)
        case open(Serving)
    }

    /// The requests of a peer. One after the other is answered, as by go-ethereum: clients may rely on the order.
    private struct Serving: Sendable {
        var isUnderway = false
        var waiting = BoundedQueue<Request>(maxCount: EthSessions.maxWaiting)
        /// Whether nothing more is taken from the peer for now.
        var isBusy = false
    }

    private struct Request: Sendable {
        let message: EthMessage
        /// When it came.
        let at: Instant
    }

    /// When so many requests of a peer wait, no more are read until few do: an honest peer may send its requests without
    /// waiting for answers. go-ethereum reads the next one when it has answered the one before.
    private static var busyAbove: Int { 32 }
    private static var idleBelow: Int { 8 }
    /// What was underway when reading stopped is taken: the driver bounds it in bytes, far below this number. A connection
    /// that doesn't stop is at fault.
    private static var maxWaiting: Int { 32_768 }

    var chain: EthView
    let server: ChainServer
    private var sessions: [ConnectionID: Session] = [:]
    /// What the Status of peers said whose session is being opened.
    private var opening: [ConnectionID: Opening] = [:]
    /// Those whose session is open.
    private var members: Set<ConnectionID> = []

    private struct Opening: Sendable {
        let status: EthStatus
        let said: Hash32
    }

    init(chain: EthView, server: ChainServer) {
        self.chain = chain
        self.server = server
    }

    /// Whether the peer's Status has come and fits.
    func isOpen(_ peer: Peer) -> Bool {
        if case .open = sessions[peer.connection] { true } else { false }
    }

    mutating func peerJoined(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        sessions[peer.connection] = .awaitingStatus(
            until: node.now + EthLimits.handshakeTimeout, said: chain.head.hash)
        node.send(.status(chain.status(version: EthVersion(of: peer))), to: peer)
        schedule(&node)
    }

    mutating func peerLeft(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        sessions[peer.connection] = nil
        opening[peer.connection] = nil
        if members.remove(peer.connection) != nil { node.emit(.left(peer)) }
        schedule(&node)
    }

    mutating func sessionOpened(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        guard let opening = opening.removeValue(forKey: peer.connection) else { return }
        members.insert(peer.connection)
        node.emit(.joined(peer, opening.status, said: opening.said))
    }

    mutating func deadlineReached(_ node: inout CapabilityContext<Self>) {
        for peer in node.peers {
            if case .awaitingStatus(let until, _) = sessions[peer.connection], until <= node.now {
                sessions[peer.connection] = nil
                node.report(.requestTimeout, by: peer)
                node.disconnect(peer, .timeout)
            }
        }
        schedule(&node)
    }

    mutating func received(_ message: Message, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        switch (sessions[peer.connection], message) {
        case (.awaitingStatus(_, let said), .status(let status)): check(status, said: said, of: peer, &node)
        case (.awaitingStatus, _), (_, .status), (nil, _):
            node.report(.protocolBreach, by: peer)
            node.disconnect(peer, .subprotocolError)
        case (.open, .getBlockHeaders), (.open, .getBlockBodies), (.open, .getReceipts):
            serve(message, to: peer, &node)
        case (.open, .blockRangeUpdate(let range)) where !range.isValid:
            node.report(.protocolBreach, by: peer)
            node.disconnect(peer, .subprotocolError)
        // Not of one that got no slot.
        case (.open, _): if members.contains(peer.connection) { node.emit(.message(peer, message)) }
        }
    }

    mutating func jobCompleted(_ result: JobResult, _ node: inout CapabilityContext<Self>) {
        let peer = result.peer
        guard case .open(var serving) = sessions[peer.connection] else { return }
        // So that the line isn't copied.
        sessions[peer.connection] = nil
        if let answer = result.answer { node.send(answer, to: peer) }
        let next = serving.waiting.popFirst()
        serving.isUnderway = next != nil
        if let next { answer(next, to: peer, &node) }
        if serving.isBusy, serving.waiting.count < Self.idleBelow {
            serving.isBusy = false
            node.resume(peer)
        }
        sessions[peer.connection] = .open(serving)
    }

    private mutating func check(
        _ status: EthStatus, said: Hash32, of peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        if let refusal = chain.refusal(of: status, version: EthVersion(of: peer)) {
            sessions[peer.connection] = nil
            node.refuseSession(with: peer, label: refusal.label, reason: "\(refusal)")
            node.report(refusal.offence, by: peer)
            node.disconnect(peer, .subprotocolError)
        } else {
            sessions[peer.connection] = .open(Serving())
            opening[peer.connection] = Opening(status: status, said: said)
            node.openSession(with: peer, isBehind: chain.isAhead(of: status.head))
        }
        schedule(&node)
    }

    /// Sets the deadline to that of the first Status still awaited.
    private func schedule(_ node: inout CapabilityContext<Self>) {
        var earliest: Instant?
        for peer in node.peers {
            if case .awaitingStatus(let until, _) = sessions[peer.connection] {
                earliest = min(earliest ?? until, until)
            }
        }
        node.deadline = earliest
    }

    /// Answers a request, or keeps it until those before it are answered.
    private mutating func serve(_ message: EthMessage, to peer: Peer, _ node: inout CapabilityContext<Self>) {
        guard case .open(var serving) = sessions[peer.connection] else { return }
        sessions[peer.connection] = nil
        let request = Request(message: message, at: node.now)
        if serving.isUnderway {
            guard serving.waiting.append(request) else {
                sessions[peer.connection] = .open(serving)
                return node.report(.spam, by: peer)
            }
            if !serving.isBusy, serving.waiting.count >= Self.busyAbove {
                serving.isBusy = true
                node.pause(peer)
            }
        } else {
            serving.isUnderway = true
            answer(request, to: peer, &node)
        }
        sessions[peer.connection] = .open(serving)
    }

    /// Reads the store on a worker thread, when the answer may go out.
    private func answer(_ request: Request, to peer: Peer, _ node: inout CapabilityContext<Self>) {
        let (server, message, form) = (server, request.message, EthVersion(of: peer).receiptForm)
        node.serve("serve eth", to: peer, bytes: server.largestAnswer(to: message), since: request.at) { bytes in
            JobResult(peer: peer, answer: server.answer(to: message, receipts: form, maxBytes: bytes))
        }
    }

    /// Sends a message to those of `peers` with an open session; it is encoded once for each version.
    func send(_ message: EthMessage, to peers: [Peer], _ node: inout CapabilityContext<Self>) {
        node.broadcast(message, to: peers.filter(isOpen))
    }
}
