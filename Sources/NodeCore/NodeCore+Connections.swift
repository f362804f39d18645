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

    mutating func connectionEvent(_ id: ConnectionID, _ event: ConnectionEvent) {
        switch event {
        case .identified(let key): identified(id, key)
        case .ready(let hello): ready(id, hello)
        case .message(let index, let message, let payload):
            guard let connection = connections[id], !connection.isClosing,
                isWelcome(message, of: index, from: id)
            else { return }
            call(index, .received(id, id: message, payload: payload))
        case .closed(let cause): closed(id, cause)
        }
    }

    private mutating func identified(_ id: ConnectionID, _ key: PublicKey) {
        guard let connection = connections[id], !connection.isClosing else { return }
        connections[id]?.key = key
        if let reason = peers.identified(id, as: key, now: now) { refuse(id, connection, reason) }
    }

    private mutating func ready(_ id: ConnectionID, _ hello: PeerHello) {
        guard let connection = connections[id], !connection.isClosing, let key = connection.key else { return }
        if let reason = peers.connected(id, now: now) { return refuse(id, connection, reason) }
        let peer = Peer(
            connection: id, id: key.nodeID, publicKey: key, isInbound: connection.isInbound,
            clientID: hello.clientID, endpoint: connection.endpoint)
        connections[id]?.peer = peer
        connections[id]?.hello = hello
        emit(.peerConnected(peer, capabilities: hello.shared.map { localHello.capabilities[$0].name }))
        for index in hello.shared { call(index, .joined(peer)) }
    }

    private mutating func refuse(_ id: ConnectionID, _ connection: Connection, _ reason: DisconnectReason) {
        emit(.connectionRefused(connection.endpoint, reason: "\(reason)"))
        close(id, reason)
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
        guard let peer = connection.peer, let hello = connection.hello else { return }
        for index in hello.shared { call(index, .left(id)) }
        emit(.peerDisconnected(peer, cause))
    }

    mutating func report(_ offence: Offence, by id: ConnectionID) {
        if let peer = connections[id]?.peer { emit(.offence(peer, offence)) }
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
