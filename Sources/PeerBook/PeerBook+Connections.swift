public import DevP2P
import EthCrypto
import NodeRecord
public import Primitives
public import SansIO

extension PeerBook {
    /// Whether to go on with a connection that was accepted, before anything is read from it.
    ///
    /// - Returns: why to close it; nil where it is admitted, and counts from now on.
    public mutating func admitInbound(
        _ connection: ConnectionID, from endpoint: Endpoint, now: Instant
    ) -> InboundRefusal? {
        let refusal = inboundRefusal(of: endpoint.ip, now: now)
        if let refusal {
            note(.inboundRefused(endpoint, refusal))
        } else {
            connections.open(.init(connection: connection, endpoint: endpoint, isInbound: true, since: now))
        }
        return refusal
    }

    private mutating func inboundRefusal(of ip: IPAddress, now: Instant) -> InboundRefusal? {
        if standings.isBanned(ip, table, now: now) { return .addressBanned }
        throttle.expire(now)
        idledSubnets.expire(now)
        if !ip.isLAN, throttle.contains(ip.host) { return .throttled }
        if let refusal = makeRoom(for: ip, in: .handshake, now: now) { return refusal }
        if !ip.isLAN { throttle.insert(ip.host, now: now) }
        return nil
    }

    /// Where there is no room for another handshake or for another session that isn't open, one that has idled gives way to
    /// the newcomer: silence must not keep anybody out.
    ///
    /// The victim is the oldest one of the most crowded range of addresses. A newcomer from that very range has to wait
    /// until the victim had a fair time for its handshake: so a burst of honest nodes doesn't push itself out.
    ///
    /// - Returns: why there is no room; nil where there is.
    private mutating func makeRoom(
        for ip: IPAddress, in stage: ConnectionTable.Link.Stage, now: Instant
    ) -> InboundRefusal? {
        let refusal: InboundRefusal
        let crowd: [ConnectionTable.Link]
        let limit = stage == .handshake ? limits.maxPendingInbound : limits.maxPendingSessions
        if connections.pendingInboundCount(in: stage, from: ip) >= limits.maxPendingInboundPerAddress {
            refusal = .tooManyPendingFromAddress
            crowd = connections.pendingInbound { $0.stage == stage && $0.endpoint.ip == ip }
        } else if stage == .handshake, !ip.isLAN, connections.subnets.count(of: ip) >= limits.maxPeersPerSubnet {
            // Whoever is greeted is counted in its subnet already.
            refusal = .subnetFull
            crowd = connections.pendingInbound { Subnet($0.endpoint.ip) == Subnet(ip) }
        } else if connections.pendingInboundCount(in: stage) >= limit {
            refusal = .tooManyPending
            crowd = connections.mostCrowdedPendingInbound(in: stage)
        } else {
            return nil
        }
        guard let victim = crowd.first else { return refusal }
        let isOfSameRange = AddressRange(ip) == AddressRange(victim.endpoint.ip)
        let began = stage == .session ? victim.since : victim.opened
        guard !isOfSameRange || now - began >= limits.handshakeGrace else { return refusal }
        note(.evicted(victim.endpoint, victim.node, for: refusal))
        close(victim.connection, .tooManyPeers, isExplained: true, now: now)
        return nil
    }

    /// The key exchange is done.
    ///
    /// Where both nodes dialed each other, both keep the connection that the node with the lower id dialed.
    ///
    /// - Returns: why to disconnect; nil to go on.
    public mutating func identified(
        _ connection: ConnectionID, as key: PublicKey, now: Instant
    ) -> DisconnectReason? {
        guard let link = connections[connection] else { return .requested }
        let id = key.nodeID
        // Whether it is behind shows only in the session.
        if let refusal = identityRefusal(of: id, link, now: now) ?? slotRefusal(of: id, link),
            !refusal.isOfSlots || place(for: link, as: id, isBehind: true, now: now) == nil
        {
            return refuse(connection, id, refusal, now: now)
        }
        connections.identify(connection, as: id, now: now)
        candidates.setBusy(id)
        if !link.isInbound { candidates.reached(id, at: link.endpoint) }
        for other in connections.links(of: id)
        where other.connection != connection && isWinner(link, over: other, node: id, now: now) {
            close(other.connection, .alreadyConnected, now: now)
        }
        return nil
    }

    /// Hellos are exchanged and there is something to talk about. The connection has no slot until its session is open
    /// (`connected`): whoever says nothing more must not hold one.
    ///
    /// - Returns: why to disconnect; nil to go on.
    public mutating func greeted(_ connection: ConnectionID, now: Instant) -> DisconnectReason? {
        guard let link = connections[connection], let id = link.node else { return .requested }
        guard link.phase == .identified else { return nil }
        if link.isInbound, !trusted.contains(id), makeRoom(for: link.endpoint.ip, in: .session, now: now) != nil {
            return refuse(connection, id, .tooManyPendingSessions, now: now)
        }
        connections.greet(connection, now: now)
        return nil
    }

    /// The session is open: its capability's handshake is done, or it needs none. Now the connection wants a slot.
    ///
    /// - Parameter isBehind: whether the peer says that its chain ends well below this node's.
    /// - Returns: why to disconnect; nil where it is a peer now.
    public mutating func connected(
        _ connection: ConnectionID, isBehind: Bool = false, now: Instant
    ) -> DisconnectReason? {
        guard let link = connections[connection], let id = link.node else { return .requested }
        guard link.phase != .ready else { return nil }
        if let refusal = slotRefusal(of: id, link) {
            guard giveWay(to: link, as: id, isBehind: isBehind, now: now) else {
                return refuse(connection, id, refusal, now: now)
            }
        }
        connections.makeReady(connection, now: now)
        if nextIdlerCheck == nil, connections.dialedCount >= limits.maxDialed {
            nextIdlerCheck = now + limits.trialAge
        }
        note(.connected(id, isInbound: link.isInbound))
        return nil
    }

    /// A dial found nobody: TCP was refused or timed out.
    public mutating func dialFailed(_ connection: ConnectionID, now: Instant) {
        ended(connection, nil, now: now)
    }

    /// A dial wasn't made, for want of something on this machine. That says nothing about the node, which stays what it was
    /// and is dialed later.
    public mutating func dialPostponed(_ connection: ConnectionID, now: Instant) {
        guard let link = connections.close(connection), let id = link.node, connections.links(of: id).isEmpty else {
            return
        }
        candidates.release(id, at: now + limits.postponement)
    }

    /// A connection is closed. Ignored where the book has ended it itself.
    public mutating func disconnected(_ connection: ConnectionID, _ cause: CloseCause, now: Instant) {
        if let link = connections[connection], let offence = cause.offence {
            // A key exchange alone proves nothing: it can be replayed. Only who sends a frame is who he says.
            if link.phase != .opening, cause != .timeout(.hello), let id = link.node {
                _ = judge(offence, by: id, at: link.endpoint.ip, now: now)
            } else if link.isInbound {
                chargeRange(of: link.endpoint.ip, table[offence].points, now: now)
            }
        }
        ended(connection, cause, now: now)
    }

    private mutating func refuse(
        _ connection: ConnectionID, _ id: NodeID, _ refusal: PeerRefusal, now: Instant
    ) -> DisconnectReason {
        note(.refused(id, refusal))
        ended(connection, .local(refusal.reason), isExplained: true, now: now)
        return refusal.reason
    }

    private func identityRefusal(of id: NodeID, _ link: ConnectionTable.Link, now: Instant) -> PeerRefusal? {
        if id == localID { return .isSelf }
        if let expected = link.node, expected != id { return .unexpectedIdentity }
        if let refusal = reputationRefusal(of: id, link, now: now) { return refusal }
        let others = connections.links(of: id).filter { $0.connection != link.connection }
        return others.allSatisfy { isWinner(link, over: $0, node: id, now: now) || $0.phase == .opening }
            ? nil : .alreadyConnected
    }

    /// Why a node is refused for what it or its range of addresses has done, or for what its id has cost. Neither counts
    /// where the operator wants the node; that of the range not where the node was a good peer for long.
    private func reputationRefusal(of id: NodeID, _ link: ConnectionTable.Link, now: Instant) -> PeerRefusal? {
        guard !trusted.contains(id) else { return nil }
        if standings.ban(of: id, now: now) != nil { return .banned }
        guard !isStatic(id) else { return nil }
        if standings[id]?.isExcluded(table, now: now) == true { return .excluded }
        if !hasEnoughWork(id) { return .insufficientWork }
        let ip = link.endpoint.ip
        guard link.isInbound, !ip.isLAN, !contacts.isProven(id) else { return nil }
        if ranges.isClosed(ip, table, now: now) { return .rangeClosed }
        let slots = ranges.slots(of: limits.maxPeersPerSubnet, for: ip, table, now: now)
        return slots < limits.maxPeersPerSubnet && connections.subnets.count(of: ip) > slots ? .subnetFull : nil
    }

    private func slotRefusal(of id: NodeID, _ link: ConnectionTable.Link) -> PeerRefusal? {
        guard !trusted.contains(id) else { return nil }
        // A duplicate that this connection replaces frees its slot.
        let replaced = connections.links(of: id).filter { $0.connection != link.connection && $0.phase == .ready }
        let freed = (all: replaced.count, inbound: replaced.count { $0.isInbound })
        if connections.peerCount - freed.all >= limits.maxPeers { return .tooManyPeers }
        if link.isInbound, !isStatic(id), connections.inboundCount - freed.inbound >= limits.maxInbound {
            return .inboundSlotsFull
        }
        return nil
    }

    /// Whether a connection that was just identified replaces another one to the same node.
    ///
    /// Both ends come to the same answer, since it depends on the ids and directions only; but not after a session has
    /// begun, when a duplicate is a mistake or a dead connection that times out by itself. A dial whose TCP connection
    /// isn't there yet (`opening`) loses nothing and wins nothing: it may never be.
    private func isWinner(
        _ link: ConnectionTable.Link, over other: ConnectionTable.Link, node id: NodeID, now: Instant
    ) -> Bool {
        guard link.isInbound != other.isInbound, !other.isReady(longerThan: limits.duplicateGrace, now: now) else {
            return false
        }
        let dialer = link.isInbound ? id : localID
        return dialer == min(id, localID)
    }

    /// Takes a connection out of the book. `cause` is nil for a dial that found nobody.
    ///
    /// - Parameter isExplained: another event has said why already.
    mutating func ended(
        _ connection: ConnectionID, _ cause: CloseCause?, isExplained: Bool = false, now: Instant
    ) {
        guard let link = connections.close(connection) else { return }
        if !isExplained { note(.ended(link, cause)) }
        guard let id = link.node else { return }
        guard connections.links(of: id).isEmpty else { return }
        if link.isReady(longerThan: .seconds(30), now: now) { records.clear(id) }
        remember(link, now: now)
        let setback = cause.map { Setback($0, wasReady: link.phase == .ready) } ?? .unreachable
        guard !link.isInbound || candidates[id] != nil || setback.isLasting else { return }
        // One that was of use and is gone without a reason has restarted, most likely: others will take its slots soon.
        // It isn't one that lets nobody in again so soon, since the session has lasted longer.
        let hasRestarted =
            setback == .closed && !link.isInbound && contacts.use(of: id) == .blocks
            && link.isReady(longerThan: limits.inboundThrottle, now: now)
        backOff(id, setback, link, isShort: hasRestarted, now: now)
    }

    private mutating func backOff(
        _ id: NodeID, _ setback: Setback, _ link: ConnectionTable.Link, isShort: Bool, now: Instant
    ) {
        let isLAN = link.endpoint.ip.isLAN
        let wasReached = link.phase != .opening
        var moment = records.note(
            setback, id, at: link.endpoint, wasReached: wasReached, now: now, random: &random)
        if isShort { moment = min(moment, now + limits.restartWait) }
        // Nobody vouches for an address that is hearsay: where the node isn't there, it may be named anew.
        let isUnfounded = !wasReached && candidates.missed(id, at: link.endpoint)
        if let ban = standings.ban(of: id, now: now) { moment = max(moment, ban.until) }
        let isStatic = isStatic(id)
        if isStatic { moment = min(moment, now + (isLAN ? .seconds(5) : .seconds(35))) }
        note(.backedOff(id, setback, until: moment))
        let failures = records.failures(of: id)
        if !isStatic, failures >= Self.failuresToGiveUp || isUnfounded, candidates[id] != nil {
            candidates.remove(id)
            note(.candidateDropped(id, .givenUp(failures: failures)))
        } else {
            // The node may have been found elsewhere in the meantime.
            let moved = candidates[id].map { $0.contact.tcpEndpoint != link.endpoint } ?? false
            candidates.release(id, at: !wasReached && moved ? nil : moment)
        }
    }

    /// After so many failures in a row a node is no candidate any more until discovery finds it again.
    private static var failuresToGiveUp: Int { 8 }
}

extension Setback {
    /// Whether it says something about the node that is worth remembering even where it isn't a candidate.
    fileprivate var isLasting: Bool {
        switch self {
        case .useless, .wrongIdentity, .misbehaved: true
        case .unreachable, .badHandshake, .tooManyPeers, .alreadyConnected, .closed, .accused: false
        }
    }
}

extension IPAddress {
    /// The address, or the first one of its /64 for IPv6: one host has all addresses of it.
    fileprivate var host: IPAddress {
        switch self {
        case .v4: self
        case .v6(let high, _): .v6(high, 0)
        }
    }
}

extension PeerEvent {
    /// The end of a connection that nothing else explains; `cause` is nil for a dial that found nobody.
    fileprivate static func ended(_ link: ConnectionTable.Link, _ cause: CloseCause?) -> PeerEvent {
        guard let cause else { return .dialFailed(link.endpoint, link.node) }
        if link.phase == .ready, let id = link.node { return .disconnected(id, cause) }
        return .handshakeEnded(link.endpoint, link.node, isInbound: link.isInbound, cause)
    }
}
