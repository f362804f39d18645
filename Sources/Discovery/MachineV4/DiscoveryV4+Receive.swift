import EthCrypto
import NodeRecord
public import Primitives
public import SansIO

/// Handling of received packets.
extension DiscoveryV4 {
    /// Handles a datagram. Returns false if it isn't a discv4 packet, so that another protocol on the same socket can
    /// handle it.
    ///
    /// - Complexity: a key recovery and usually one signature (about 60 us).
    @discardableResult
    public mutating func receive(_ datagram: ArraySlice<UInt8>, from source: Endpoint, now: Instant) -> Bool {
        counters.datagramsReceived += 1
        counters.bytesReceived += UInt64(datagram.count)
        let sealed: SealedV4
        do { sealed = try SealedV4(datagram, seal) } catch {
            counters.malformed += 1
            return false
        }
        let isAwaited = admitResponse(sealed, from: source.ip)
        guard isAwaited || limiter.admitDatagram(from: source, now: now) else {
            counters.rateLimited += 1
            return true
        }
        guard let envelope = try? sealed.opened() else {
            counters.malformed += 1
            return true
        }
        let sender = Sender(publicKey: envelope.sender, id: envelope.sender.nodeID, endpoint: source)
        guard sender.id != id else { return true }
        guard isAwaited || limiter.admitRequest(payer(sender, now), now: now) else {
            counters.rateLimited += 1
            return true
        }
        handle(envelope, sender, now: now)
        startDueWork(now)
        return true
    }

    /// Whether a packet may be the response to a pending request. If so it bypasses the rate limits; otherwise a flood
    /// with a forged source address could suppress the responses of the node at that address. Counts the packet, since
    /// their number per request is limited.
    private mutating func admitResponse(_ sealed: SealedV4, from ip: IPAddress) -> Bool {
        guard let answer = sealed.answer else { return false }
        if case .ping(let hash) = answer { return pings.admitPong(to: hash, from: ip) }
        guard let index = queries.firstIndex(where: { $0.isAnswered(by: answer, from: ip) }) else { return false }
        queries[index].opened += 1
        return true
    }

    private func payer(_ sender: Sender, _ now: Instant) -> IngressLimiter.Payer {
        bonds.hasProof(of: sender.address, now: now) ? .proved(sender.address) : .stranger(sender.endpoint)
    }

    /// The sender of a packet: its key and endpoint.
    private struct Sender {
        let publicKey: PublicKey
        let id: NodeID
        let endpoint: Endpoint

        var address: PeerAddress { PeerAddress(id: id, ip: endpoint.ip) }
    }

    private mutating func handle(_ envelope: EnvelopeV4, _ sender: Sender, now: Instant) {
        switch envelope.packet {
        case .ping(let ping):
            guard checkExpiration(ping.expiration, of: sender, now) else { return }
            received(ping, envelope.hash, from: sender, now: now)
        case .pong(let pong):
            guard checkExpiration(pong.expiration, of: sender, now) else { return }
            received(pong, from: sender, now: now)
        case .findNode(let query):
            guard checkExpiration(query.expiration, of: sender, now), checkProof(of: sender, now) else { return }
            answer(query, from: sender, now: now)
        case .neighbors(let neighbors):
            guard checkExpiration(neighbors.expiration, of: sender, now) else { return }
            received(neighbors, from: sender, now: now)
        case .enrRequest(let request):
            guard checkExpiration(request.expiration, of: sender, now), checkProof(of: sender, now) else { return }
            let response = PacketV4.ENRResponse(requestHash: envelope.hash, record: local.record)
            send(.enrResponse(response), to: sender.endpoint)
        case .enrResponse(let response):
            received(response, from: sender, now: now)
        }
    }

    /// Whether a packet is not expired. Records the expiration, for the check of clocks. As in go-ethereum, an
    /// expiration in the current second has passed, and so has one that doesn't fit in a signed integer.
    private mutating func checkExpiration(_ expiration: UInt64, of sender: Sender, _ now: Instant) -> Bool {
        if expirations.count < Self.maxExpirations { expirations.append((expiration, sender.endpoint.ip)) }
        guard Int64(exactly: expiration) != nil, Instant(unixSeconds: expiration) >= wall.unixTime(at: now) else {
            counters.expired += 1
            return false
        }
        return true
    }

    /// Whether the sender has proved its endpoint. Without the proof it gets only a pong, because a response to a
    /// forged source address would flood the machine at that address.
    private mutating func checkProof(of sender: Sender, _ now: Instant) -> Bool {
        guard bonds.hasProof(of: sender.address, now: now) else {
            counters.unproved += 1
            return false
        }
        return true
    }

    private mutating func received(_ ping: PacketV4.Ping, _ hash: Hash32, from sender: Sender, now: Instant) {
        let to = EndpointV4(ip: sender.endpoint.ip, udpPort: sender.endpoint.port, tcpPort: ping.from.tcpPort)
        let pong = PacketV4.Pong(to: to, pingHash: hash, expiration: expiration(now), enrSeq: local.seq)
        send(.pong(pong), to: sender.endpoint)
        bonds.pingReceived(from: sender.address, now: now)
        // Of the endpoint that the ping states only the TCP port is used.
        let contact = NodeContact(
            publicKey: sender.publicKey, id: sender.id, ip: sender.endpoint.ip, udpPort: sender.endpoint.port,
            tcpPort: ping.from.tcpPort)
        if !bonds.hasProof(of: sender.address, now: now) {
            self.ping(contact, isReturn: true, now: now)
        } else {
            heard(contact, seq: ping.enrSeq, now: now)
        }
        pingArrived(from: sender.address, now: now)
    }

    private mutating func received(_ pong: PacketV4.Pong, from sender: Sender, now: Instant) {
        guard let ping = pings.take(sender.address, hash: pong.pingHash) else {
            counters.unsolicited += 1
            return
        }
        bonds.pongReceived(from: sender.address, now: now)
        if endpoint.stated(pong.to, by: sender.endpoint.ip, now: now) {
            let endpoint = endpoint
            // Fails only if the owner's entries leave no room for an address in the record, which then stays unchanged.
            _ = try? local.update { endpoint.write(to: &$0) }
        }
        pongArrived(from: sender.address, now: now)
        answered(ping, seq: pong.enrSeq, now: now)
    }

    private mutating func answer(_ query: PacketV4.FindNode, from sender: Sender, now: Instant) {
        let nodes = table.closestLive(to: query.target.nodeID, count: KademliaTable.bucketSize)
            .filter { RelayRules.mayRelay($0.ip, from: sender.endpoint.ip) }
            .map { contact in
                PacketV4.Node(
                    endpoint: EndpointV4(ip: contact.ip, udpPort: contact.udpPort, tcpPort: contact.tcpPort),
                    publicKey: contact.publicKey)
            }
        // Without nodes, one empty packet is sent.
        for start in stride(from: 0, to: max(nodes.count, 1), by: PacketV4.Neighbors.maxNodes) {
            let part = Array(nodes[start...].prefix(PacketV4.Neighbors.maxNodes))
            send(
                .neighbors(PacketV4.Neighbors(nodes: part, expiration: expiration(now))), to: sender.endpoint)
        }
    }

    private mutating func received(_ neighbors: PacketV4.Neighbors, from sender: Sender, now: Instant) {
        let peer = sender.address
        guard
            let index = queries.firstIndex(where: {
                $0.phase == .awaitingReply && $0.isForNodes && $0.peer == peer
            })
        else {
            counters.unsolicited += 1
            return
        }
        let wanted = KademliaTable.bucketSize - queries[index].nodes
        let nodes = neighbors.nodes.prefix(wanted)
        queries[index].replies += 1
        queries[index].nodes += nodes.count
        // go-ethereum fills each packet except the last one; but packets may arrive out of order.
        if nodes.count < PacketV4.Neighbors.maxNodes {
            queries[index].deadline = min(queries[index].deadline, now + Self.lastPacketGrace)
        }
        learn(nodes.compactMap { contact($0, namedBy: sender.endpoint.ip) }, now: now)
        if queries[index].nodes >= KademliaTable.bucketSize { endQuery(index, now: now) }
    }

    /// The contact of a node that a peer relayed; nil if the peer may not relay it, or if it is unusable.
    private func contact(_ node: PacketV4.Node, namedBy ip: IPAddress) -> NodeContact? {
        guard let nodeIP = node.endpoint.ip, node.endpoint.udpPort > 1024, RelayRules.mayRelay(nodeIP, from: ip),
            usesIPv6 || nodeIP.isV4, (try? node.publicKey.validated()) != nil
        else { return nil }
        return NodeContact(
            publicKey: node.publicKey, ip: nodeIP, udpPort: node.endpoint.udpPort, tcpPort: node.endpoint.tcpPort)
    }

    private mutating func received(_ response: PacketV4.ENRResponse, from sender: Sender, now: Instant) {
        let peer = sender.address
        guard
            let index = queries.firstIndex(where: { query in
                query.kind == .record && query.peer == peer && query.hashes.contains(response.requestHash)
            })
        else {
            counters.unsolicited += 1
            return
        }
        guard response.record.id == sender.id else {
            counters.malformed += 1
            return
        }
        queries[index].replies += 1
        let contact = queries[index].contact
        endQuery(index, now: now)
        learn(response.record, of: contact)
    }
}
