public import DevP2P
public import Primitives
public import SansIO

extension PeerBook {
    /// A connected peer has done wrong. Where the verdict is to disconnect, the connection no longer counts.
    public mutating func report(_ offence: Offence, by connection: ConnectionID, now: Instant) -> Verdict {
        guard let link = connections[connection], let id = link.node else { return .keep }
        let verdict = judge(offence, by: id, at: link.endpoint.ip, now: now)
        if case .disconnect(let reason) = verdict { ended(connection, .local(reason), now: now) }
        return verdict
    }

    /// A node has done wrong, connected or not: all its connections are ended where the verdict is to disconnect.
    public mutating func report(_ offence: Offence, by id: NodeID, now: Instant) -> Verdict {
        let links = connections.links(of: id)
        let verdict = judge(offence, by: id, at: links.first?.endpoint.ip, now: now)
        if case .disconnect(let reason) = verdict {
            for link in links { close(link.connection, reason, now: now) }
        }
        return verdict
    }

    /// A peer whose session can't begin is about to be disconnected.
    public mutating func sessionRefused(_ connection: ConnectionID, label: String, reason: String) {
        guard let id = connections[connection]?.node else { return }
        note(.sessionRefused(id, label: label, reason: reason))
    }

    /// A peer has been of use: it delivered what was asked for, or a block or transaction first. Points decay, and the
    /// most useful peers aren't rotated out.
    public mutating func credit(_ connection: ConnectionID, points: Int = 1, now: Instant) {
        connections.credit(connection, points, now: now)
    }

    mutating func judge(_ offence: Offence, by id: NodeID, at ip: IPAddress?, now: Instant) -> Verdict {
        let (points, reason) = OffenceWeights.weight(of: offence)
        let isTrusted = trusted.contains(id)
        let isPrivileged = isTrusted || isStatic(id)
        let (score, ban) = standings.add(
            isPrivileged ? min(points, PeerScore.staticLimit) : points, to: id, at: ip, mayBan: !isPrivileged, now: now)
        note(.offence(id, offence, score: score))
        if let ban { note(.banned(id, until: ban)) }
        guard !isTrusted, score >= PeerScore.disconnectAt else { return .keep }
        return .disconnect(reason)
    }

    /// Forgets what a node has done: the operator wants it.
    mutating func pardon(_ id: NodeID, now: Instant) {
        let score = standings.score(of: id, now: now)
        if score > 0 || standings.ban(of: id, now: now) != nil { note(.pardoned(id, score: score)) }
        standings.pardon(id, now: now)
    }

    mutating func rotationTime(after now: Instant) -> Instant {
        let interval = limits.rotationInterval
        return now + interval.lowerBound + random.duration(below: interval.upperBound - interval.lowerBound)
    }

    /// Drops one peer of a full kind, so that slots don't stay with whoever came first (go-ethereum eth/dropper.go).
    mutating func rotate(now: Instant) {
        guard !isSyncing else { return }
        let victims = [true, false].flatMap { replaceable(isInbound: $0, now: now) }
        guard let victim = victims.randomElement(using: &random), let id = victim.node else { return }
        note(.rotated(id))
        close(victim.connection, .uselessPeer, now: now)
    }

    /// The peers of a kind that may go: none while the kind has a free slot; not the trusted, the static, the young and
    /// the most useful tenth (but at least one).
    private func replaceable(isInbound: Bool, now: Instant) -> [ConnectionTable.Link] {
        let peers = connections.ready.filter { $0.isInbound == isInbound }
        let slots = isInbound ? limits.maxInbound : limits.maxDialed
        guard !peers.isEmpty, peers.count >= slots else { return [] }
        let useful = peers.filter { $0.usefulness.value(now: now) > 0 }
            .sorted { ($1.usefulness.value(now: now), $0.connection) < ($0.usefulness.value(now: now), $1.connection) }
        let protected = Set(useful.prefix(max(1, peers.count / 10)).map(\.connection))
        return peers.filter { link in
            guard let id = link.node else { return false }
            return link.isReady(longerThan: limits.rotationAge, now: now) && !trusted.contains(id) && !isStatic(id)
                && !protected.contains(link.connection)
        }
    }
}
