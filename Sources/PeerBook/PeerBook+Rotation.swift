import DevP2P
import Primitives
import SansIO

// Slots don't stay with whoever came first.
extension PeerBook {
    mutating func rotationTime(after now: Instant) -> Instant {
        let interval = limits.rotationInterval
        return now + interval.lowerBound + random.duration(below: interval.upperBound - interval.lowerBound)
    }

    /// Drops one peer of a full kind (go-ethereum eth/dropper.go).
    mutating func rotate(now: Instant) {
        guard !isSyncing else { return }
        let victims = [true, false].flatMap { replaceable(isInbound: $0, now: now) }
        guard let victim = victims.randomElement(using: &random), let id = victim.node else { return }
        note(.rotated(id))
        close(victim.connection, .uselessPeer, now: now)
    }

    /// Drops a quarter of the peers that this node has dialed and that have brought nothing, where no slot is free for
    /// others: a node whose slots went to hostile nodes when it started would dial nobody else for minutes. Those of the
    /// ranges that have most of them first, then the oldest.
    ///
    /// As far as nodes are ready that have brought blocks before, this costs no budget: what takes the places is better.
    mutating func replaceIdlers(now: Instant) {
        nextIdlerCheck = nil
        guard connections.dialedCount >= limits.maxDialed else { return }
        // Whatever becomes of these: who takes their places is looked at later.
        let isSoon = isHeldUp || isQuiet(now: now)
        nextIdlerCheck = now + (isSoon ? limits.quietIdlerInterval : limits.idlerInterval)
        if !isSyncing { replaceDialedIdlers(now: now) }
        if !isSyncing || isHeldUp { endTrials(now: now) }
    }

    private mutating func replaceDialedIdlers(now: Instant) {
        let idlers = dialedIdlers(now: now)
        var free = candidates.readyUsefulCount
        if free == 0, !isQuiet(now: now) { free = 1 }
        for (place, idler) in idlers.prefix((idlers.count + 3) / 4).enumerated()
        where place < free || dialedIdlerBudget.take(now: now) {
            dropIdler(idler, .uselessPeer, now: now)
        }
    }

    /// While no peer brings blocks, a few of the dialed slots serve to try others, as long as there are any (Bitcoin Core
    /// dials one more peer where its tip is stale). The newest go: one that has had a moment and has brought nothing.
    ///
    /// The same while the chain is held up. What a peer has brought counts for minutes, and one that has passed on the first
    /// block may hold back all others. In a local network it is only then: there it may be that nothing happens, and dials
    /// come soon.
    private func trials(now: Instant) -> [ConnectionTable.Link] {
        guard isHeldUp || !connections.ready.contains(where: { use(of: $0, now: now) == .blocks }) else { return [] }
        return connections.ready.filter { link in
            guard let id = link.node, !link.isInbound, isHeldUp || !link.endpoint.ip.isLAN else { return false }
            return !trusted.contains(id) && !isStatic(id)
        }
        .sorted { ($1.since, $1.connection) < ($0.since, $0.connection) }
        .prefix(min(limits.maxTrials, candidates.readyCount))
        .filter { $0.isReady(longerThan: limits.trialAge, now: now) }
    }

    private mutating func endTrials(now: Instant) {
        for link in trials(now: now) {
            guard let id = link.node else { continue }
            note(.rotated(id))
            close(link.connection, .tooManyPeers, isExplained: true, now: now)
        }
    }

    /// Drops a peer that has brought nothing. What it did before is forgotten, and nobody gives way to others of its subnet
    /// for a while.
    mutating func dropIdler(_ idler: ConnectionTable.Link, _ reason: DisconnectReason, now: Instant) {
        guard let id = idler.node else { return }
        contacts.clearUse(of: id)
        candidates.setUseful(id, false)
        if !idler.endpoint.ip.isLAN { idledSubnets.insert(Subnet(idler.endpoint.ip), now: now) }
        note(.rotated(id))
        close(idler.connection, reason, isExplained: true, now: now)
    }

    /// Peers that have been there for a while and have brought nothing; not the trusted and the static. Those of the ranges
    /// that have most of them first, then the oldest.
    private func dialedIdlers(now: Instant) -> [ConnectionTable.Link] {
        let age = idleAge(now: now)
        let idlers = connections.ready.filter { link in
            guard let id = link.node else { return false }
            return !link.isInbound && !trusted.contains(id) && !isStatic(id) && isIdle(link, for: age, now: now)
        }
        var ranges = RangeCounter()
        for idler in idlers { ranges.add(idler.endpoint.ip) }
        return idlers.sorted {
            let crowds = (ranges.count(of: $0.endpoint.ip), ranges.count(of: $1.endpoint.ip))
            return (crowds.1, $0.since, $0.connection) < (crowds.0, $1.since, $1.connection)
        }
    }

    /// Whether a peer has had `age` and has brought nothing.
    func isIdle(_ link: ConnectionTable.Link, for age: Duration, now: Instant) -> Bool {
        link.isReady(longerThan: age, now: now) && link.usefulness.use(table, now: now) == .nothing
    }

    /// The time that a peer has to bring something.
    func idleAge(now: Instant) -> Duration { isQuiet(now: now) ? limits.quietIdleAge : limits.idleAge }

    /// Whether no peer brings anything. Then nobody is worse than others for it, and few give way.
    func isQuiet(now: Instant) -> Bool {
        !connections.ready.contains { $0.usefulness.use(table, now: now) > .nothing }
    }

    /// The peers of a kind that may go: none while the kind has a free slot; not the trusted, the static, the young and
    /// the useful.
    private func replaceable(isInbound: Bool, now: Instant) -> [ConnectionTable.Link] {
        let peers = connections.ready.filter { $0.isInbound == isInbound }
        let slots = isInbound ? limits.maxInbound : limits.maxDialed
        guard !peers.isEmpty, peers.count >= slots else { return [] }
        let protected = Set(protected(of: peers, now: now))
        return peers.filter { link in
            guard let id = link.node else { return false }
            return link.isReady(longerThan: limits.rotationAge, now: now) && !trusted.contains(id) && !isStatic(id)
                && !protected.contains(link.connection)
        }
    }

    /// The peers whose slots are safe, by connection.
    func protectedConnections(now: Instant) -> Set<ConnectionID> {
        let ready = connections.ready
        let kinds = [true, false].map { isInbound in ready.filter { $0.isInbound == isInbound } }
        return Set(kinds.flatMap { protected(of: $0, now: now) })
    }

    /// The best tenth of a kind by each criterion, but at least one by each, and not more than half of all; nobody whose
    /// gossip isn't taken. Of equals who came first.
    private func protected(of peers: [ConnectionTable.Link], now: Instant) -> [ConnectionID] {
        let respected = peers.filter { link in link.node.map { !isIgnored($0, now: now) } ?? false }
        var chosen: [ConnectionID] = []
        for criterion in Usefulness.Criterion.allCases {
            let ranked = respected.map { ($0.connection, $0.usefulness.rank(by: criterion, table, now: now)) }
                .filter { $0.1 > 0 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
            for (connection, _) in ranked.prefix(max(1, peers.count / 10)) where !chosen.contains(connection) {
                chosen.append(connection)
            }
        }
        return Array(chosen.prefix(max(1, peers.count / 2)))
    }
}
