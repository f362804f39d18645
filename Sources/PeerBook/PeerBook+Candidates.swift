public import DevP2P
import EthCrypto
public import NodeRecord
public import Primitives
public import SansIO

extension PeerBook {
    /// A node that discovery has found, that a peer has named, or that was a peer before a restart.
    ///
    /// - Returns: why it isn't worth a dial; nil where it is a candidate now, and where it is hearsay about a known node.
    @discardableResult
    public mutating func addCandidate(
        _ contact: NodeContact, from source: ContactSource = .discovery, now: Instant
    ) -> CandidateRefusal? {
        // Hearsay isn't even noted for a known node: there is no news in it.
        if case .hearsay = source, candidates[contact.id] != nil || !connections.links(of: contact.id).isEmpty {
            return nil
        }
        if let refusal = refusal(of: contact, from: source, now: now) {
            note(.candidateRefused(contact.id, refusal))
            return refusal
        }
        let refusal = insert(contact, from: source, now: now)
        if let refusal { note(.candidateRefused(contact.id, refusal)) }
        return refusal
    }

    /// A node that the operator wants as a peer: it is dialed before others and again and again, whatever it did before.
    ///
    /// - Returns: `isSelf` or `notDialable`; nil where it is dialed.
    @discardableResult
    public mutating func addStatic(_ contact: NodeContact, now: Instant) -> CandidateRefusal? {
        guard contact.id != localID else { return .isSelf }
        guard contact.isDialable else { return .notDialable }
        pardon(contact.id, now: now)
        records.clear(contact.id)
        return insert(contact, from: .operator, now: now)
    }

    /// The operator no longer wants the peer: it is disconnected and forgotten as a candidate.
    public mutating func removeStatic(_ id: NodeID, now: Instant) {
        trusted.remove(id)
        candidates.clearStatic(id)
        for link in connections.links(of: id) { close(link.connection, .requested, now: now) }
        if candidates[id] != nil { note(.candidateDropped(id, .removed)) }
        candidates.remove(id)
    }

    /// A node that may connect even where all slots are taken, and that no offence disconnects.
    public mutating func addTrusted(_ id: NodeID, now: Instant) {
        trusted.insert(id)
        pardon(id, now: now)
    }

    public mutating func removeTrusted(_ id: NodeID) { trusted.remove(id) }

    /// The dials to make now, each of which counts as under way: report how it went by `identified`, `dialFailed` or
    /// `disconnected`.
    ///
    /// - Parameter nextConnection: names a connection.
    public mutating func dialsDue(now: Instant, nextConnection: () -> ConnectionID) -> [DialTarget] {
        candidates.wake(now: now)
        var targets: [DialTarget] = []
        while connections.dialingCount < limits.maxActiveDials, let id = nextToDial(now: now),
            let candidate = candidates[id]
        {
            let target = DialTarget(
                connection: nextConnection(), id: id, publicKey: candidate.contact.publicKey,
                endpoint: candidate.contact.tcpEndpoint, isStatic: candidate.isStatic)
            candidates.setBusy(id)
            connections.open(
                .init(connection: target.connection, endpoint: target.endpoint, isInbound: false, node: id, since: now))
            note(.dialing(id, target.endpoint, reason(toDial: id, isStatic: candidate.isStatic)))
            targets.append(target)
        }
        return targets
    }

    /// A ready node that may be dialed; those that may not are put off or dropped on the way, a few at a time.
    private mutating func nextToDial(now: Instant) -> NodeID? {
        for _ in 0..<64 {
            let isStatic = candidates.drawStatic(random: &random)
            guard let id = isStatic ?? (hasDynamicSlot ? drawDynamic(now: now) : nil) else { return nil }
            if isStatic != nil, connections.peerCount + connections.dialingCount >= limits.maxPeers,
                !trusted.contains(id)
            {
                return nil
            }
            guard let contact = candidates[id]?.contact else { return nil }
            if !connections.links(of: id).isEmpty {
                candidates.setBusy(id)
            } else if isStatic == nil, let refusal = refusal(of: contact, from: .discovery, now: now) {
                note(.candidateRefused(id, refusal))
                candidates.remove(id)
            } else if isStatic == nil, mustWait(contact, now: now) {
                candidates.release(id, at: now + .seconds(30))
            } else {
                return id
            }
        }
        return nil
    }

    /// The next anchor that is ready; then nodes that have brought blocks before, as long as they haven't their share of the
    /// dialed slots; then any other.
    private mutating func drawDynamic(now: Instant) -> NodeID? {
        while let id = anchorsToDial.popLast() {
            if candidates.isReady(id) { return id }
        }
        let useful = connections.dialed.count { use(of: $0, now: now) == .blocks }
        if useful < limits.usefulDialed, let id = candidates.drawUseful(random: &random) { return id }
        return candidates.draw(random: &random) ?? candidates.drawUseful(random: &random)
    }

    /// Whether the node's range of addresses has no slot for it now, or its own score hasn't fallen far enough.
    private func mustWait(_ contact: NodeContact, now: Instant) -> Bool {
        let isProven = contacts.isProven(contact.id)
        let all = limits.maxPeersPerSubnet
        let slots = isProven ? all : ranges.slots(of: all, for: contact.ip, table, now: now)
        return connections.subnets.count(of: contact.ip) >= slots
            || connections.dialedSubnets.count(of: contact.ip) >= limits.maxDialedPerSubnet
            || standings[contact.id]?.isExcluded(table, now: now) == true
            || contacts.use(of: contact.id) < .blocks && isRangeFullOfYoung(contact.ip, now: now)
    }

    /// Whether those that this node has dialed in a range of addresses and that haven't brought a block are as many as may
    /// be.
    private func isRangeFullOfYoung(_ ip: IPAddress, now: Instant) -> Bool {
        guard !ip.isLAN else { return false }
        let young = connections.dialed.count { link in
            AddressRange(link.endpoint.ip) == AddressRange(ip) && use(of: link, now: now) < .blocks
                && !(link.node.map(isStatic) ?? false)
        }
        return young >= limits.maxYoungDialedPerRange
    }

    /// go-ethereum's rule: twice as many dials as free slots, since many fail (p2p/dial.go).
    private var hasDynamicSlot: Bool {
        let free = limits.maxDialed - connections.dialedCount
        guard free > 0, connections.peerCount < limits.maxPeers else { return false }
        return connections.dialingCount < min(2 * free, limits.maxActiveDials)
    }

    private func reason(toDial id: NodeID, isStatic: Bool) -> DialReason {
        if isStatic { return .staticPeer }
        if trusted.contains(id) { return .trustedPeer }
        return restoredAnchors.contains(id) ? .anchor : .discovered
    }

    private func refusal(of contact: NodeContact, from source: ContactSource, now: Instant) -> CandidateRefusal? {
        if contact.id == localID { return .isSelf }
        // At an address of a special range only a node that was met there can be.
        let mayBeSpecial = source == .discovery
        if !contact.isDialable || !mayBeSpecial && RelayRules.isSpecial(contact.ip) { return .notDialable }
        if standings.ban(of: contact.id, now: now) != nil || standings.isBanned(contact.ip, table, now: now) {
            return .banned
        }
        if !hasEnoughWork(contact.id) { return .insufficientWork }
        return candidateFilter?.refusal(of: contact.record)
    }

    /// Whether the id has cost what this node wants of it.
    func hasEnoughWork(_ id: NodeID) -> Bool {
        limits.minNodeIDWork <= 0 || trusted.contains(id) || isStatic(id) || id.work >= limits.minNodeIDWork
    }

    /// - Returns: `hearsayFull` where hearsay has its share of the candidates.
    private mutating func insert(_ contact: NodeContact, from source: ContactSource, now: Instant) -> CandidateRefusal?
    {
        let isNew = candidates[contact.id] == nil
        let readyAt = records.notBefore(contact.id, at: contact.tcpEndpoint, now: now)
        let isUseful = contacts.use(of: contact.id) == .blocks
        let (isTaken, dropped) = candidates.add(
            contact, from: source, isUseful: isUseful, readyAt: readyAt, random: &random
        ) {
            records.failures(of: $0)
        }
        guard isTaken else { return .hearsayFull }
        if let dropped { note(.candidateDropped(dropped, .pushedOut)) }
        if isNew { note(.candidateAdded(contact.id)) }
        if !connections.links(of: contact.id).isEmpty { candidates.setBusy(contact.id) }
        return nil
    }
}

extension NodeContact {
    fileprivate var isDialable: Bool { tcpPort != 0 && !ip.isUnspecified && !ip.isMulticast }
}
