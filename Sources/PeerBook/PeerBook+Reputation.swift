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

    /// A peer has been of use: it delivered what was asked for, or a block or transaction first. What that counts fades,
    /// and the most useful peers aren't rotated out. It pays for no offence.
    ///
    /// - Parameters:
    ///   - bytes: the size of an answer.
    ///   - latency: the time from the request to it.
    public mutating func credit(
        _ merit: Merit, to connection: ConnectionID, bytes: Int = 0, latency: Duration? = nil, now: Instant
    ) {
        let table = table
        connections.update(connection) { $0.add(merit, bytes: bytes, latency: latency, table, now: now) }
    }

    /// Whether a node's gossip is not to be taken for now, and its requests are to be answered sparingly.
    public func isIgnored(_ id: NodeID, now: Instant) -> Bool {
        guard !trusted.contains(id), let standing = standings[id] else { return false }
        return standing.isIgnored(table, now: now)
    }

    mutating func judge(_ offence: Offence, by id: NodeID, at ip: IPAddress?, now: Instant) -> Verdict {
        let rule = table[offence]
        let isTrusted = trusted.contains(id)
        let isPrivileged = isTrusted || isStatic(id)
        let points = isPrivileged ? min(rule.points, table[.privilegedPoints]) : rule.points
        let wasIgnored = isIgnored(id, now: now)
        let standing = standings.charge(points, to: id, for: offence, table, now: now)
        let score = standing.score(table, now: now)
        note(.offence(id, offence, score: score))
        if let ip, !isPrivileged { chargeRange(of: ip, points, now: now) }
        if !isTrusted, score >= table[.disconnectAt],
            mayRemove(id, at: ip, score: score, for: offence, now: now)
        {
            return .disconnect(rule.reason)
        }
        if !wasIgnored, isIgnored(id, now: now) {
            if mayIgnore(id, now: now) { note(.ignored(id, score: score)) } else { standings.heed(id) }
        }
        return .keep
    }

    /// Rules of judgement leave a share of the peers heard: on a bad line all of them are late.
    private func mayIgnore(_ id: NodeID, now: Instant) -> Bool {
        guard standings[id]?.doubtfulRule(.ignoreAt, table, now: now) != nil else { return true }
        let peers = connections.ready.compactMap(\.node)
        let ignored = peers.count { isIgnored($0, now: now) }
        return ignored <= max(1, peers.count * table[.ignorePercent] / 100)
    }

    /// What was done from an address counts for its range, too. Whoever calls has seen to it that the address is where it
    /// was done: the other end has proved its identity, or it was the one to connect.
    mutating func chargeRange(of ip: IPAddress, _ points: Int, now: Instant) {
        guard ranges.charge(points, to: ip, table, now: now) else { return }
        note(.rangeClosed(Subnet(ip), score: ranges.score(of: ip, table, now: now)))
    }

    /// A node has reached the threshold. It is excluded, and banned where it has reached that threshold as well; unless a
    /// rule of judgement says so that has removed its share of the peers: then it is spared, and looked at again later.
    private mutating func mayRemove(
        _ id: NodeID, at ip: IPAddress?, score: Int, for offence: Offence, now: Instant
    ) -> Bool {
        if let rule = standings[id]?.doubtfulRule(.disconnectAt, table, now: now) {
            // Whoever is about to be a peer counts as one: here a clock that is wrong is felt first.
            let links = connections.links(of: id)
            let isPeer = links.contains { $0.phase == .ready }
            let isNext = !isPeer && links.contains { $0.phase == .greeted }
            guard
                quota.permits(
                    rule, id, at: ip, isPeer: isPeer || isNext, peerCount: connections.peerCount + (isNext ? 1 : 0),
                    table, now: now)
            else {
                spare(id, rule, score: score, now: now)
                return false
            }
            quota.note(rule, id, at: ip, table, now: now)
        }
        forgetSpared(id)
        guard !isStatic(id) else { return true }
        standings.exclude(id)
        if score >= table[.banAt], standings.ban(of: id, now: now) == nil {
            let until = standings.ban(id, at: ip, for: offence, table, now: now)
            contacts.remove(id)
            note(.banned(id, for: offence, until: until))
        }
        return true
    }

    /// Told only of those who are still there when they are looked at again: some go at once for another reason.
    private mutating func spare(_ id: NodeID, _ rule: Offence, score: Int, now: Instant) {
        guard !connections.links(of: id).isEmpty else { return }
        if !spared.contains(id) {
            spared.append(id)
            nextReview = nextReview ?? now + Self.reviewInterval
        } else if let due = nextReview, due <= now, toldSpared.insert(id).inserted {
            note(.spared(id, rule, score: score))
        }
    }

    private mutating func forgetSpared(_ id: NodeID) {
        spared.removeAll { $0 == id }
        toldSpared.remove(id)
    }

    private static var reviewInterval: Duration { .seconds(30) }

    /// Removes those peers that were spared, as far as they still have to go and may.
    mutating func reviewSpared(now: Instant) {
        for id in spared {
            let links = connections.links(of: id)
            let score = score(of: id, now: now)
            guard !links.isEmpty, !trusted.contains(id), score >= table[.disconnectAt],
                let offence = standings[id]?.marks.last?.offence
            else {
                forgetSpared(id)
                continue
            }
            guard mayRemove(id, at: links.first?.endpoint.ip, score: score, for: offence, now: now) else { continue }
            for link in links { close(link.connection, table[offence].reason, now: now) }
        }
        nextReview = spared.isEmpty ? nil : now + Self.reviewInterval
    }

    /// Forgets what a node has done: the operator wants it.
    mutating func pardon(_ id: NodeID, now: Instant) {
        let score = score(of: id, now: now)
        if score > 0 || standings.ban(of: id, now: now) != nil { note(.pardoned(id, score: score)) }
        standings.pardon(id, now: now)
    }
}
