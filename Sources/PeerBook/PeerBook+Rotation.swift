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
