import DevP2P
import EthCrypto
import PeerBook
import Primitives
import SansIO

// From a TCP connection to a peer, and its end.
extension NodeCore {
    mutating func accepted(_ id: ConnectionID, from endpoint: Endpoint) {
        connections[id] = Connection(endpoint: endpoint, isInbound: true, since: now)
        if let refusal = peers.admitInbound(id, from: endpoint, now: now) {
            emit(.connectionRefused(endpoint, reason: "\(refusal)"))
            // Too early to say anything: the key exchange hasn't begun.
            close(id, .tooManyPeers)
        }
    }

    mutating func dialFailed(_ id: ConnectionID) {
        connections[id] = nil
        peers.dialFailed(id, now: now)
    }

    mutating func dialPostponed(_ id: ConnectionID) {
        connections[id] = nil
        peers.dialPostponed(id, now: now)
    }

    mutating func connectionEvents(_ id: ConnectionID, _ events: [ConnectionEvent]) {
        for event in events {
            connectionEvent(id, event)
            // A batch may hold what opens the session and all that was sent in it: the one before the other.
            guard connections[id]?.session != nil else { continue }
            var budget = Self.maxOpeningEffects
            _ = carryOutHosts(&budget)
        }
    }

    /// Effects that one event of a session that isn't open yet can lead to, with room to spare.
    private static let maxOpeningEffects = 1_024

    private mutating func connectionEvent(_ id: ConnectionID, _ event: ConnectionEvent) {
        switch event {
        case .identified(let key): identified(id, key)
        case .ready(let hello): greeted(id, hello)
        case .message(let index, let message, let payload):
            received(PendingSession.Message(capability: index, id: message, payload: payload), from: id)
        case .closed(let cause): closed(id, cause)
        }
    }

    private mutating func identified(_ id: ConnectionID, _ key: PublicKey) {
        guard let connection = connections[id], !connection.isClosing else { return }
        connections[id]?.key = key
        if let reason = peers.identified(id, as: key, now: now) { refuse(id, connection, reason) }
    }

    /// Hellos are exchanged. Where a shared capability has a handshake, only that one is told of the peer: the session is
    /// open, and the connection has a slot, when that is done.
    private mutating func greeted(_ id: ConnectionID, _ hello: PeerHello) {
        guard let connection = connections[id], !connection.isClosing, let key = connection.key else { return }
        if let reason = peers.greeted(id, now: now) { return refuse(id, connection, reason) }
        let peer = Peer(
            connection: id, id: key.nodeID, publicKey: key, isInbound: connection.isInbound,
            clientID: hello.clientID, endpoint: connection.endpoint)
        connections[id]?.hello = hello
        connections[id]?.session = PendingSession(peer)
        let first = hello.shared.filter { host(of: $0).hasHandshake(at: $0) }
        for index in first { call(at: index, .joined(peer, index: index)) }
        if first.isEmpty { openSession(id) }
    }

    /// The handshake of a session is done, or it needs none: the connection wants a slot, and the other capabilities are
    /// told of the peer.
    ///
    /// - Parameter isBehind: whether the peer said that it lacks much of what this node has.
    mutating func openSession(_ id: ConnectionID, isBehind: Bool = false) {
        guard let connection = connections[id], !connection.isClosing, let session = connection.session,
            let hello = connection.hello
        else { return }
        if let reason = peers.connected(id, isBehind: isBehind, now: now) { return refuse(id, connection, reason) }
        connections[id]?.session = nil
        connections[id]?.peer = session.peer
        emit(.peerConnected(session.peer, capabilities: hello.shared.map { localHello.capabilities[$0].name }))
        for index in hello.shared where !host(of: index).hasHandshake(at: index) {
            call(at: index, .joined(session.peer, index: index))
        }
        for index in hello.shared where host(of: index).hasHandshake(at: index) {
            call(at: index, .sessionOpened(id))
        }
        for message in session.messages { received(message, from: id) }
    }

    private mutating func received(_ message: PendingSession.Message, from id: ConnectionID) {
        guard let connection = connections[id], !connection.isClosing else { return }
        if connection.session != nil, !host(of: message.capability).hasHandshake(at: message.capability) {
            if connections[id]?.session?.keep(message) != true { close(id, .subprotocolError) }
        } else if isWelcome(message.id, of: message.capability, from: id) {
            let call = HostCall.received(
                id, index: message.capability, id: message.id, payload: message.payload)
            self.call(at: message.capability, call)
        }
    }

    private mutating func refuse(_ id: ConnectionID, _ connection: Connection, _ reason: DisconnectReason) {
        emit(.connectionRefused(connection.endpoint, reason: "\(reason)"))
        close(id, reason)
    }

    /// The handshake of a session has shown that the peer is of no use here.
    mutating func sessionRefused(_ id: ConnectionID, label: String, reason: String) {
        guard let connection = connections[id] else { return }
        peers.sessionRefused(id, label: label, reason: reason)
        emit(.connectionRefused(connection.endpoint, reason: reason))
    }

    /// Tells the driver to end a connection; `closed` follows.
    mutating func close(_ id: ConnectionID, _ reason: DisconnectReason) {
        guard let connection = connections[id], !connection.isClosing else { return }
        connections[id]?.isClosing = true
        upload.remove(id)
        append(.disconnect(id, reason))
    }

    private mutating func closed(_ id: ConnectionID, _ cause: CloseCause) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        upload.remove(id)
        peers.disconnected(id, cause, now: now)
        for index in connection.hello?.shared ?? [] { call(at: index, .left(id, index: index)) }
        if let peer = connection.peer { emit(.peerDisconnected(peer, cause)) }
    }

    mutating func report(_ offence: Offence, by id: ConnectionID) {
        let connection = connections[id]
        if let peer = connection?.peer ?? connection?.session?.peer { emit(.offence(peer, offence)) }
        if case .disconnect(let reason) = peers.report(offence, by: id, now: now) { close(id, reason) }
    }

    /// Opens the connections that the peer book wants now.
    mutating func dial() {
        guard !isStopping else { return }
        var count = dialedCount
        let targets = peers.dialsDue(now: now) {
            count += 1
            return ConnectionID(dialed: count)
        }
        dialedCount = count
        for target in targets {
            connections[target.connection] = Connection(endpoint: target.endpoint, isInbound: false, since: now)
            append(.dial(target.connection, to: target.endpoint, target.publicKey))
        }
    }

    mutating func carryOutPeerBook() {
        for effect in peers.takeEffects() {
            switch effect {
            case .disconnect(let id, let reason): close(id, reason)
            case .event(let event):
                journal.note(event, at: now)
                emit(.peerBook(event))
            }
        }
    }
}
