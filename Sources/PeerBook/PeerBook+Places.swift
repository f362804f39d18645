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
    mutating func giveWay(
        to newcomer: ConnectionTable.Link, as id: NodeID, isBehind: Bool, now: Instant
    ) -> Bool {
        guard let place = place(for: newcomer, as: id, isBehind: isBehind, now: now) else { return false }
        var link = place.link
        if place.isForIdling, !takeInboundBudget(now: now) {
            let peers = replaceable(for: id)
            guard let guest = guest(of: peers, before: newcomer.endpoint.ip, isBehind: isBehind, now: now) else {
                return false
            }
            link = guest
        }
        if isIdle(link, for: idleAge(now: now), now: now) {
            dropIdler(link, .tooManyPeers, now: now)
        } else if let other = link.node {
            note(.rotated(other))
            close(link.connection, .tooManyPeers, isExplained: true, now: now)
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
        for newcomer: ConnectionTable.Link, as id: NodeID, isBehind: Bool, now: Instant
    ) -> (link: ConnectionTable.Link, isForIdling: Bool)? {
        guard newcomer.isInbound else { return nil }
        let peers = replaceable(for: id)
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
        guard !isSyncing else { return nil }
        let age = idleAge(now: now)
        let idler = places.first { place in
            let other = place.link.endpoint.ip
            return isIdle(place.link, for: age, now: now)
                && (ip.isLAN || other.isLAN || place.crowd > crowd || AddressRange(other) == AddressRange(ip))
        }
        if let idler, ip.isLAN || !idledSubnets.contains(Subnet(ip)) { return (idler.link, true) }
        return guest(of: peers, before: ip, isBehind: isBehind, now: now).map { ($0, false) }
    }

    /// The peers that may give way to a node: those that have dialed this one, not the trusted and the static.
    private func replaceable(for id: NodeID) -> [ConnectionTable.Link] {
        connections.ready.filter { link in
            guard link.isInbound, let other = link.node else { return false }
            return other != id && !trusted.contains(other) && !isStatic(other)
        }
    }

    /// The newest peers that have brought nothing hold their slots for a moment only where others want them: a node all of
    /// whose peers are hostile looks like these to others, and in that moment it can fetch what it lacks. The oldest of the
    /// newest goes first. Whoever comes from where others have idled takes the slot of such a one only.
    ///
    /// In a local network, where dials come soon, it is only for one that says to be behind: else slots would go round in
    /// circles where nothing happens.
    private func guest(
        of peers: [ConnectionTable.Link], before newcomer: IPAddress, isBehind: Bool, now: Instant
    ) -> ConnectionTable.Link? {
        guard isBehind || !newcomer.isLAN, !isSyncing else { return nil }
        let hasIdled = idledSubnets.contains(Subnet(newcomer))
        return peers.filter { (isBehind || !$0.endpoint.ip.isLAN) && use(of: $0, now: now) == .nothing }
            .sorted { ($1.since, $1.connection) < ($0.since, $0.connection) }
            .prefix(limits.maxGuests)
            .last {
                $0.isReady(longerThan: limits.guestAge, now: now)
                    && (!hasIdled || idledSubnets.contains(Subnet($0.endpoint.ip)))
            }
    }
}
