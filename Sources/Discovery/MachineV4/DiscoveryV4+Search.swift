import EthCrypto
import NodeRecord
import Primitives
import SansIO

/// Lookups, and verification of the nodes that they find.
extension DiscoveryV4 {
    /// Starts the next lookup if it is due: from time to time of our own id, otherwise of a random target.
    mutating func beginLookup(_ now: Instant) {
        guard search == nil, schedule.next <= now else { return }
        let isRefresh = schedule.beginRefreshIfDue(now: now, random: &random)
        if isRefresh || table.count == 0 { startFromSeeds(now) }
        let target = isRefresh ? key.publicKey : PublicKey(random.bytes(PublicKey.byteCount)) ?? key.publicKey
        let targetID = target.nodeID
        let start = table.closest(to: targetID, count: Lookup.resultCount)
        search = (Lookup(target: targetID, localID: id, start: start), target)
    }

    private mutating func startFromSeeds(_ now: Instant) {
        for contact in bootnodes + seeds {
            table.add(contact, from: .found, now: now, random: &random)
            if let known = table[contact.id], known.isLive {
                // One whose address was given anew is asked there, alive as it seems to be where it was.
                if known.contact.udpEndpoint != contact.udpEndpoint { ping(contact, now: now) }
            } else {
                _ = verifications.append(contact)
            }
        }
    }

    mutating func advanceLookup(_ now: Instant) {
        while let target = search?.target, let contact = search?.lookup.next() {
            ask(contact, .nodes(target: target), now: now)
        }
        guard search?.lookup.isFinished == true else { return }
        search = nil
        counters.lookups += 1
        isInitialised = true
        schedule.lookupEnded(foundNew: hasFoundNew, liveCount: table.liveCount, now: now, random: &random)
        hasFoundNew = false
    }

    /// Handles nodes that a peer relayed.
    mutating func learn(_ contacts: [NodeContact], now: Instant) {
        var merged: [NodeContact] = []
        for contact in contacts where contact.id != id {
            table.add(contact, from: .found, now: now, random: &random)
            // What is known first-hand takes precedence over what a third party says.
            let entry = table[contact.id]
            merged.append(entry?.contact ?? contact)
            if entry.map({ !$0.isLive }) ?? (announced[contact.id] == nil) { verify(contact, now: now) }
        }
        search?.lookup.received(merged)
    }

    /// Adds a node to the queue of nodes to ping, unless that was done recently.
    mutating func verify(_ contact: NodeContact, now: Instant) {
        let sighting = Sighting(id: contact.id, endpoint: contact.udpEndpoint)
        guard verifications.count < verifications.maxCount, tried.insert(sighting, now: now) else { return }
        _ = verifications.append(contact)
    }

    mutating func beginVerifications(_ now: Instant) {
        while pings.count < Self.maxVerificationPings, let contact = verifications.popFirst() {
            if table[contact.id]?.isLive != true { ping(contact, now: now) }
        }
    }

    mutating func beginRecordFetches(_ now: Instant) {
        var underWay = queries.count { !$0.isForNodes }
        while underWay < Self.maxRecordFetches, let contact = recordFetches.popFirst() {
            ask(contact, .record, now: now)
            underWay += 1
        }
    }

    /// A node has answered a ping at the endpoint pinged.
    mutating func answered(_ ping: PendingPings.Ping, seq: UInt64?, now: Instant) {
        let contact = ping.contact
        let entry = table[contact.id]
        if entry?.contact.udpEndpoint == contact.udpEndpoint {
            table.checkSucceeded(contact.id, at: contact.udpEndpoint, now: now, random: &random)
            rivals[contact.id] = nil
        } else if let entry, entry.isLive {
            rivals[contact.id] = Rival(contact: contact, seq: seq)
            self.ping(entry.contact, now: now)
            return
        } else if isInitialised || !ping.isReturn {
            table.add(contact, from: .firstHand, isLive: true, now: now, random: &random)
        }
        if announced[contact.id] == nil {
            hasFoundNew = true
            schedule.discovered(liveCount: table.liveCount, now: now, random: &random)
        }
        report(known(contact), seq: seq)
    }

    /// A node of the table hasn't answered a ping at its endpoint. If it has answered at another one, that becomes its
    /// endpoint.
    ///
    /// - Returns: whether the endpoint has changed.
    mutating func move(awayFrom contact: NodeContact, now: Instant) -> Bool {
        guard let rival = rivals[contact.id], table[contact.id]?.contact.udpEndpoint == contact.udpEndpoint else {
            return false
        }
        rivals[contact.id] = nil
        table.add(rival.contact, from: .firstHand, isLive: true, now: now, random: &random)
        report(known(rival.contact), seq: rival.seq)
        return true
    }

    /// A node with a proved endpoint has pinged again, perhaps from another port or with a new record.
    ///
    /// A ping alone doesn't change an endpoint: it can be a copy, sent by others from another source address.
    mutating func heard(_ contact: NodeContact, seq: UInt64?, now: Instant) {
        if let entry = table[contact.id], entry.contact.udpEndpoint != contact.udpEndpoint {
            ping(contact, isReturn: true, now: now)
            return
        }
        if isInitialised {
            table.add(contact, from: .firstHand, now: now, random: &random)
            if table[contact.id]?.isLive == false { ping(contact, isReturn: true, now: now) }
        }
        if let former = announced[contact.id], let seq, seq > former.seq { fetchRecord(known(contact)) }
    }

    /// Announces a verified node, after fetching its record if it has a newer one than is known.
    private mutating func report(_ contact: NodeContact, seq: UInt64?) {
        let endpoint = contact.udpEndpoint
        if let former = announced[contact.id], former.endpoint == endpoint, former.seq >= seq ?? 0,
            former.tcpPort == contact.tcpPort || contact.record == nil
        {
            // Written again so that it counts as one of the latest.
            announced[contact.id] = former
        } else if seq ?? 0 > contact.seq {
            fetchRecord(contact)
        } else {
            announce(contact)
        }
    }

    private mutating func fetchRecord(_ contact: NodeContact) {
        guard !fetching.contains(contact.id) else { return }
        if recordFetches.append(contact) {
            fetching.insert(contact.id)
        } else {
            announce(contact)
        }
    }

    /// Handles the record that a node has sent.
    ///
    /// The endpoint that answers pings is kept. go-ethereum switches to the record's address, and refuses the whole
    /// record if that is a private one: then the fork id of nodes in containers stays unknown.
    mutating func learn(_ record: NodeRecord, of contact: NodeContact) {
        var contact = known(contact)
        if record.seq > contact.seq {
            contact.record = record
            contact.tcpPort = record.tcpPort(for: contact.ip) ?? contact.tcpPort
            table.setRecord(record, tcpPort: contact.tcpPort)
        }
        announce(contact)
    }

    /// The table's contact of the node, which may have its record, if it is at the same endpoint; otherwise `contact`.
    func known(_ contact: NodeContact) -> NodeContact {
        guard let entry = table[contact.id]?.contact, entry.udpEndpoint == contact.udpEndpoint else { return contact }
        return entry
    }

    mutating func announce(_ contact: NodeContact) {
        let announcement = Announcement(
            endpoint: contact.udpEndpoint, tcpPort: contact.tcpPort, seq: contact.seq)
        if let former = announced[contact.id] {
            guard former != announcement, former.endpoint != announcement.endpoint || former.seq <= announcement.seq
            else { return }
        }
        announced[contact.id] = announcement
        counters.found += 1
        outbox.append(.found(contact))
    }
}

extension NodeRecord {
    /// The TCP port for an address of this family.
    func tcpPort(for ip: IPAddress) -> UInt16? { ip.isV4 ? tcp : tcp6 ?? tcp }
}
