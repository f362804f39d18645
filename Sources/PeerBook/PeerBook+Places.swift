import DevP2P
import Primitives
import SansIO

// Who gives way where all slots for those who dial this node are taken. Slots go to who is better: by what he has brought,
// or by a range of addresses that has fewer; neither can go round in circles. What is neither better nor worse gets the
// place of one who has brought nothing, seldom.
extension PeerBook {
    /// What a peer has been of use for. In the first moments of a session what it was in earlier ones still counts.
    func use(of link: ConnectionTable.Link, now: Instant) -> Use {
        let shown = link.usefulness.use(table, now: now)
        guard let id = link.node, !link.isReady(longerThan: limits.idleAge, now: now) else { return shown }
        return max(shown, contacts.use(of: id))
    }

    /// Makes room for one who has dialed this node; false where nobody gives way.
    mutating func giveWay(to newcomer: ConnectionTable.Link, as id: NodeID, now: Instant) -> Bool {
        guard let place = place(for: newcomer, as: id, now: now),
            !place.isForIdling || takeInboundBudget(now: now)
        else { return false }
        if isIdle(place.link, for: idleAge(now: now), now: now) {
            dropIdler(place.link, .tooManyPeers, now: now)
        } else if let other = place.link.node {
            note(.rotated(other))
            close(place.link.connection, .tooManyPeers, isExplained: true, now: now)
        }
        return true
    }

    private mutating func takeInboundBudget(now: Instant) -> Bool {
        isQuiet(now: now) ? inboundIdlerBudget.take(now: now) : activeIdlerBudget.take(now: now)
    }

    /// The peer that would give way; `isForIdling` where for nothing but that it has brought nothing, which has a budget.
    ///
    /// Of those that may it is the one that was of least use, of these one of the most crowded range, of these the oldest.
    func place(
        for newcomer: ConnectionTable.Link, as id: NodeID, now: Instant
    ) -> (link: ConnectionTable.Link, isForIdling: Bool)? {
        guard newcomer.isInbound else { return nil }
        let peers = connections.ready.filter { link in
            guard link.isInbound, let other = link.node else { return false }
            return other != id && !trusted.contains(other) && !isStatic(other)
        }
        var ranges = RangeCounter()
        for peer in peers { ranges.add(peer.endpoint.ip) }
        let ip = newcomer.endpoint.ip
        let use = isIgnored(id, now: now) ? .nothing : contacts.use(of: id)
        let crowd = ranges.count(of: ip)
        let places = peers.map { (link: $0, use: self.use(of: $0, now: now), crowd: ranges.count(of: $0.endpoint.ip)) }
            .sorted {
                ($0.use, $1.crowd, $0.link.since, $0.link.connection) < (
                    $1.use, $0.crowd, $1.link.since, $1.link.connection
                )
            }
        if let worst = places.first, worst.use < use { return (worst.link, false) }
        if !ip.isLAN, let other = places.first(where: { $0.use <= use && $0.crowd > crowd + 1 }) {
            return (other.link, false)
        }
        guard !isSyncing, ip.isLAN || !idledSubnets.contains(Subnet(ip)) else { return nil }
        let age = idleAge(now: now)
        let idler = places.first { place in
            let other = place.link.endpoint.ip
            return isIdle(place.link, for: age, now: now)
                && (ip.isLAN || other.isLAN || place.crowd > crowd || AddressRange(other) == AddressRange(ip))
        }
        return idler.map { ($0.link, true) }
    }
}
