import EthCrypto
import NodeRecord
import Primitives
import SansIO

/// Pings and queries that this node sends.
extension DiscoveryV4 {
    /// Pings a contact, unless a ping is pending; false if there are too many pending pings, or the address is
    /// unusable.
    @discardableResult
    mutating func ping(_ contact: NodeContact, isReturn: Bool = false, now: Instant) -> Bool {
        let peer = PeerAddress(contact)
        guard !pings.contains(peer) else {
            if !isReturn { pings.join(peer) }
            return true
        }
        guard pings.count < pings.capacity, canReach(contact) else { return false }
        let packet = PacketV4.Ping(
            from: endpoint.inPing, to: EndpointV4(ip: contact.ip, udpPort: contact.udpPort, tcpPort: 0),
            expiration: expiration(now), enrSeq: local.seq)
        let hash = send(.ping(packet), to: contact.udpEndpoint)
        pings.insert(
            PendingPings.Ping(contact: contact, hash: hash, isReturn: isReturn), deadline: now + Self.replyTimeout)
        return true
    }

    mutating func pingFailed(_ ping: PendingPings.Ping, now: Instant) {
        counters.pingsFailed += 1
        let contact = ping.contact
        if !move(awayFrom: contact, now: now) {
            let promoted = table.checkFailed(contact.id, at: contact.udpEndpoint, now: now, random: &random)
            if let promoted { verify(promoted, now: now) }
        }
        let peer = PeerAddress(contact)
        while let index = queries.firstIndex(where: { $0.phase == .bonding && $0.peer == peer }) {
            endQuery(index, now: now)
        }
    }

    /// Starts a query to a contact, with a ping first if it may not have our endpoint proof.
    mutating func ask(_ contact: NodeContact, _ kind: QueryV4.Kind, now: Instant) {
        queries.append(QueryV4(contact: contact, kind: kind))
        let index = queries.count - 1
        let peer = PeerAddress(contact)
        if bonds.isProved(to: peer, now: now) {
            sendRequest(index, now: now)
        } else if let pong = bonds.lastPong(of: peer), now - pong < Self.replyTimeout {
            // Our ping has just been answered; the peer's ping may be on its way.
            queries[index].phase = .awaitingPing
            queries[index].deadline = pong + Self.replyTimeout
        } else if !ping(contact, now: now) {
            endQuery(index, now: now)
        }
    }

    /// A pong has arrived: continues the queries that wait for it, immediately if the peer has pinged us too.
    mutating func pongArrived(from peer: PeerAddress, now: Instant) {
        let isProved = bonds.isProved(to: peer, now: now)
        for index in queries.indices where queries[index].phase == .bonding && queries[index].peer == peer {
            if isProved {
                sendRequest(index, now: now)
            } else {
                queries[index].phase = .awaitingPing
                queries[index].deadline = now + Self.replyTimeout
            }
        }
    }

    /// The peer has pinged and been sent a pong: it has our proof as soon as that arrives.
    mutating func pingArrived(from peer: PeerAddress, now: Instant) {
        for index in queries.indices where queries[index].phase == .awaitingPing && queries[index].peer == peer {
            sendRequest(index, now: now)
        }
    }

    /// The deadline of a query has been reached.
    mutating func queryDue(_ index: Int, now: Instant) {
        switch queries[index].phase {
        case .bonding: queries[index].deadline = .distantFuture
        // The peer didn't ping: it may still have our proof.
        case .awaitingPing: sendRequest(index, now: now)
        case .awaitingReply where queries[index].maySendAgain: sendRequest(index, now: now)
        case .awaitingReply: endQuery(index, now: now)
        }
    }

    private mutating func sendRequest(_ index: Int, now: Instant) {
        let packet: PacketV4 =
            switch queries[index].kind {
            case .nodes(let target): .findNode(PacketV4.FindNode(target: target, expiration: expiration(now)))
            case .record: .enrRequest(PacketV4.ENRRequest(expiration: expiration(now)))
            }
        let hash = send(packet, to: queries[index].contact.udpEndpoint)
        queries[index].phase = .awaitingReply
        let isFirst = queries[index].hashes.isEmpty
        queries[index].deadline = now + (isFirst ? Self.retryDelay : Self.replyTimeout - Self.retryDelay)
        queries[index].hashes.append(hash)
    }

    /// Ends a query, because it is answered or failed.
    mutating func endQuery(_ index: Int, now: Instant) {
        let query = queries.remove(at: index)
        let hasAnswer = query.isForNodes ? query.nodes > 0 : query.replies > 0
        if hasAnswer {
            counters.queriesAnswered += 1
            bonds.querySucceeded(query.peer)
        } else {
            counters.queriesFailed += 1
            let failures = bonds.queryFailed(query.peer, wasSilent: query.replies == 0)
            if query.isForNodes { dropUnhelpful(query.contact, failures: failures, now: now) }
        }
        if query.isForNodes {
            search?.lookup.ended(query.contact.id)
        } else {
            fetching.remove(query.contact.id)
            if !hasAnswer { announce(known(query.contact)) }
        }
    }

    /// Removes a node that has returned no nodes five times in a row, unless its bucket has few entries (go-ethereum's
    /// `trackRequest`).
    private mutating func dropUnhelpful(_ contact: NodeContact, failures: UInt8, now: Instant) {
        guard failures >= BondTable.failuresBeforePing,
            table.entryCount(inBucketOf: contact.id) >= KademliaTable.bucketSize / 4
        else { return }
        if let promoted = table.remove(contact.id, now: now, random: &random) { verify(promoted, now: now) }
    }

    /// Signs and sends a packet; returns its hash, which the response contains.
    @discardableResult
    mutating func send(_ packet: PacketV4, to endpoint: Endpoint) -> Hash32 {
        let (datagram, hash) = EnvelopeV4.seal(packet, by: key, with: seal)
        counters.datagramsSent += 1
        counters.bytesSent += UInt64(datagram.count)
        outbox.append(.send(datagram, to: endpoint))
        return hash
    }

    func expiration(_ now: Instant) -> UInt64 { wall.unixTime(at: now).unixSeconds + Self.expiration }

    func canReach(_ contact: NodeContact) -> Bool {
        RelayRules.isUsable(contact.ip, port: contact.udpPort) && (usesIPv6 || contact.ip.isV4)
    }
}
