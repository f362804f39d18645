import DevP2P
import Links
import NodeCore
import Primitives
import SansIO

// Between nodes: datagrams, dials, the bytes of connections and their ends.
extension Simulation {
    private func remote(_ node: SimulatedNode, _ connection: ConnectionID) -> Remote {
        Remote(node: Int32(node.index), life: node.life, connection: connection)
    }

    // MARK: Datagrams

    func sendDatagram(_ bytes: [UInt8], to: Endpoint, from node: SimulatedNode) {
        guard let index = nodeByEndpoint[to], nodes[index].isRunning else { return }
        let from = remote(node, ConnectionID(rawValue: 0))
        node.traffic.bytesSent &+= UInt64(bytes.count)
        for arrival in network.sendDatagram(bytes.count, from: node.index, to: index, now: now) {
            schedule(.datagram(bytes, from: from, isThrough: false), at: arrival, nodes[index])
        }
    }

    func datagram(_ bytes: [UInt8], from: Remote, _ isThrough: Bool, at node: SimulatedNode) {
        if !isThrough {
            guard network.admits(from: Int(from.node), to: node.index, now: now) else { return }
            switch network.receive(bytes.count, at: node.index, isDatagram: true, now: now) {
            case .now: break
            case .later(let moment): return schedule(.datagram(bytes, from: from, isThrough: true), at: moment, node)
            case .lost: return
            }
        }
        trace.add(now, node: node.index, kind: 1, bytes)
        node.traffic.datagramsReceived &+= 1
        node.traffic.bytesReceived &+= UInt64(bytes.count)
        let sender = nodes[Int(from.node)]
        handle(
            .datagram(bytes, from: Endpoint(ip: sender.endpoint.ip, port: sender.configuration.udpPort)), at: node)
    }

    // MARK: Dials

    /// One delay until the far end has the connection, two until the dialer knows.
    func dial(_ id: ConnectionID, to: Endpoint, key: PublicKey, from node: SimulatedNode) {
        guard let index = nodeByEndpoint[to], index != node.index,
            let arrival = network.dial(from: node.index, to: index, now: now)
        else { return schedule(.refused(id), at: now + links.connectTimeout, node) }
        let answer = arrival + network.delay(index, node.index)
        let target = nodes[index]
        guard target.isRunning else { return schedule(.refused(id), at: answer, node) }
        target.acceptedCount += 1
        let far = remote(target, ConnectionID(accepted: target.acceptedCount))
        let near = remote(node, id)
        schedule(
            .connected(far.connection, to: near, key: nil, remoteIsReady: answer), at: arrival, target)
        schedule(.connected(id, to: far, key: key, remoteIsReady: arrival), at: answer, node)
    }

    func connected(
        _ id: ConnectionID, to remote: Remote, key: PublicKey?, remoteIsReady: Instant, _ node: SimulatedNode
    ) {
        trace.add(now, node: node.index, kind: 4)
        node.traffic.connectionsOpened &+= 1
        let connection = VirtualConnection(machine(key, of: node), remote: remote, lastArrival: remoteIsReady)
        node.connections[id] = connection
        if key == nil { handle(.accepted(id, from: nodes[Int(remote.node)].endpoint), at: node) }
        flush(id, connection, of: node)
    }

    private func machine(_ key: PublicKey?, of node: SimulatedNode) -> PeerConnection {
        let identity = node.configuration.key
        let hello = node.core.localHello
        let local = node.clock.local(now)
        let random = node.random.fork()
        if crypto == .plain {
            return PeerConnection(plainWith: key, identity: identity, hello: hello, random: random, now: local)
        }
        guard let key else { return PeerConnection(recipient: identity, hello: hello, random: random, now: local) }
        return PeerConnection(initiatorTo: key, identity: identity, hello: hello, random: random, now: local)
    }

    // MARK: Bytes

    func bytes(_ bytes: [UInt8], of id: ConnectionID, from: Remote, _ isThrough: Bool, at node: SimulatedNode) {
        if !isThrough,
            case .later(let moment) = network.receive(bytes.count, at: node.index, isDatagram: false, now: now)
        {
            return schedule(.bytes(id, bytes, from: from, isThrough: true), at: moment, node)
        }
        trace.add(now, node: node.index, kind: 2, bytes)
        node.traffic.bytesReceived &+= UInt64(bytes.count)
        guard let connection = node.connections[id] else {
            // Nobody has it any more, which the far end may not know.
            guard !network.isBlocked(from: node.index, to: Int(from.node)) else { return }
            let arrival = now + network.delay(node.index, Int(from.node))
            return schedule(.remoteClosed(from.connection), at: arrival, from)
        }
        connection.machine.receive(bytes[...], now: node.clock.local(now))
        flush(id, connection, of: node)
    }

    /// Moves what a connection has to send and to tell, and what it waits for.
    func flush(_ id: ConnectionID, _ connection: VirtualConnection, of node: SimulatedNode) {
        while true {
            write(id, connection, of: node)
            let isHeld = connection.isPaused && !connection.machine.wantsClose
            let events = isHeld ? [] : connection.machine.takeEvents(now: node.clock.local(now))
            if connection.machine.ending == .finished || connection.machine.wantsClose && !connection.machine.hasBytes {
                if node.connections.removeValue(forKey: id) != nil { tellClosed(connection, of: node) }
            } else if let deadline = connection.machine.deadline {
                waitFor(deadline, id, connection, of: node)
            }
            let control = connection.machine.takeControlBytes()
            if control > 0 { handle(.controlSent(control), at: node) }
            guard !events.isEmpty else { return }
            handle(.connection(id, events), at: node)
            // Messages that the node was too far behind to take, or what they were answered with.
            guard connection.machine.hasEvents || connection.machine.hasBytes && !connection.isWaiting else { return }
        }
    }

    /// Sends what a connection has, unless TCP can't take it.
    private func write(_ id: ConnectionID, _ connection: VirtualConnection, of node: SimulatedNode) {
        guard connection.machine.hasBytes, !connection.isWaiting else { return }
        let remote = connection.remote
        let far = Int(remote.node)
        guard !network.isBlocked(from: node.index, to: far) else { return }
        let isUnheard = network.isBlocked(from: far, to: node.index)
        guard !isUnheard || connection.unacknowledged < VirtualNetwork.initialWindow else { return }
        if let free = network.uploadFree(of: node.index, now: now) {
            connection.isWaiting = true
            return schedule(.writable(id), at: max(free, now), node)
        }
        let bytes = connection.machine.takeBytes()
        if isUnheard { connection.unacknowledged += bytes.count }
        send(bytes, on: id, connection, of: node)
    }

    func send(_ bytes: [UInt8], on id: ConnectionID, _ connection: VirtualConnection, of node: SimulatedNode) {
        let remote = connection.remote
        let far = Int(remote.node)
        node.traffic.bytesSent &+= UInt64(bytes.count)
        let arrival = max(
            network.sendStream(bytes.count, from: node.index, to: far, now: now), connection.lastArrival)
        connection.lastArrival = arrival
        schedule(
            .bytes(remote.connection, bytes, from: self.remote(node, id), isThrough: false), at: arrival, remote)
    }

    /// The end of a connection follows its bytes.
    func tellClosed(_ connection: VirtualConnection, of node: SimulatedNode) {
        let far = Int(connection.remote.node)
        guard !network.isBlocked(from: node.index, to: far) else { return }
        let arrival = max(now + network.delay(node.index, far), connection.lastArrival)
        schedule(.remoteClosed(connection.remote.connection), at: arrival, connection.remote)
    }

    private func waitFor(
        _ deadline: Instant, _ id: ConnectionID, _ connection: VirtualConnection, of node: SimulatedNode
    ) {
        // A timer that fires too early looks again, so a deadline that moves away costs nothing.
        let moment = max(node.clock.moment(deadline), now)
        guard moment < connection.scheduled ?? .distantFuture else { return }
        connection.scheduled = moment
        schedule(.connectionDeadline(id), at: moment, node)
    }
}
