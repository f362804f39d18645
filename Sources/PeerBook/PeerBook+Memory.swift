import DevP2P
public import NodeRecord
import Primitives
import RLP
public import SansIO

// What a node knows of its peers, over a restart: scores, bans, anchors and good contacts.
extension PeerBook {
    /// What to keep, in the order of the keys. A record changes only when something has happened to whom it is about.
    ///
    /// At most `maxStandings`, twice, `maxRanges` and `maxKnownContacts` of them.
    ///
    /// - Complexity: O(n log n).
    public mutating func memory(now: Instant) -> [PeerRecord] {
        for link in connections.ready { remember(link, now: now) }
        var records: [PeerRecord] = []
        for (id, standing) in standings.nodes where !standing.isForgotten(table, now: now) {
            records.append(standing.record(of: id))
        }
        for (range, entry) in ranges.entries where entry.clearAt > now { records.append(entry.record(of: range)) }
        for (ip, ban) in standings.addresses where ban.until > now { records.append(ban.record(of: ip)) }
        let anchors = anchors(now: now).map(\.id)
        for (id, entry) in contacts.entries {
            records.append(entry.record(anchor: anchors.firstIndex(of: id).map { $0 + 1 } ?? 0))
        }
        return records.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    /// Takes what an earlier run has kept: decayed by the time in between, and with the good contacts as candidates, the
    /// anchors among them to be dialed first. A record that can't be used is left out.
    ///
    /// - Returns: the keys of those, and why.
    public mutating func restore(_ records: [PeerRecord], now: Instant) -> [(key: [UInt8], error: PeerRecordError)] {
        var damaged: [(key: [UInt8], error: PeerRecordError)] = []
        var anchors: [(rank: Int, id: NodeID)] = []
        // Bans come before contacts: the kinds are in this order.
        for record in records.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            do throws(PeerRecordError) {
                if let (rank, id) = try restore(record, now: now) { anchors.append((rank, id)) }
            } catch {
                damaged.append((record.key, error))
            }
        }
        anchors.sort { $0 < $1 }
        let chosen = anchors.prefix(Self.maxAnchors).map(\.id)
        restoredAnchors = Array(chosen)
        anchorsToDial = chosen.reversed()
        return damaged
    }

    static var maxAnchors: Int { 8 }
    /// Of one range of addresses, /16 or /32.
    private static var maxAnchorsPerRange: Int { 2 }

    /// The peers that are dialed first after a restart, so that whoever floods a fresh node with candidates doesn't get all
    /// slots (gossip.md, section 5), the first one first.
    ///
    /// Those that have brought blocks, the ones that this node dialed before the ones that came by themselves, and of an
    /// earlier run those that nobody has taken the place of; then those dialed that have brought less. The longest
    /// connected first, and few of one range.
    public func anchors(now: Instant) -> [NodeContact] {
        let peers = connections.ready.filter { !$0.isInbound || use(of: $0, now: now) == .blocks }
            .sorted {
                ($0.isInbound ? 1 : 0, $0.since, $0.connection) < ($1.isInbound ? 1 : 0, $1.since, $1.connection)
            }
        let useful = peers.filter { use(of: $0, now: now) == .blocks }.compactMap(\.node)
        let earlier = restoredAnchors.filter { contacts.use(of: $0) == .blocks }
        let others =
            peers.filter { use(of: $0, now: now) == .gossip } + peers.filter { use(of: $0, now: now) == .nothing }
        var chosen: [NodeContact] = []
        var ranges = RangeCounter()
        for id in useful + earlier + others.compactMap(\.node) where chosen.count < Self.maxAnchors {
            guard let contact = candidates[id]?.contact ?? contacts.entries[id]?.contact,
                ranges.count(of: contact.ip) < Self.maxAnchorsPerRange, !chosen.contains(where: { $0.id == id })
            else { continue }
            ranges.add(contact.ip)
            chosen.append(contact)
        }
        return chosen
    }

    /// - Returns: the rank of an anchor.
    private mutating func restore(
        _ record: PeerRecord, now: Instant
    ) throws(PeerRecordError) -> (rank: Int, id: NodeID)? {
        let table = table
        let subject = record.key.dropFirst()
        switch (record.key.first.flatMap(PeerRecord.Kind.init), NodeID(subject), IPAddress(bytes: subject)) {
        case (.standing, let id?, _):
            let standing = try record.read { (list) throws(RLPError) in try Standing(&list, table, now: now) }
            standings.restore(standing, of: id, table, now: now)
        case (.range, _, let ip?):
            let entry = try record.read { (list) throws(RLPError) in try RangeScores.Entry(&list, table, now: now) }
            ranges.restore(entry, of: Subnet(ip), table, now: now)
        case (.addressBan, _, let ip?):
            let ban = try record.read { (list) throws(RLPError) in try Standings.AddressBan(&list, table, now: now) }
            standings.restore(ban, of: ip)
        case (.contact, let id?, _):
            let (entry, anchor) = try record.read { (list) throws(RLPError) in
                try KnownContacts.Entry.read(&list, now: now)
            }
            guard entry.contact.id == id else { throw .malformed(.invalidValue) }
            contacts.note(entry.contact, isProven: entry.isProven, use: entry.use, at: entry.lastMet)
            guard addCandidate(entry.contact, from: .memory, now: now) == nil, anchor > 0 else { return nil }
            return (anchor, id)
        default: throw .unknownKey
        }
        return nil
    }

    /// Notes a peer that has been a good one for a while, or has been of use, if more than hearsay says where it is.
    mutating func remember(_ link: ConnectionTable.Link, now: Instant) {
        let use = link.usefulness.use(table, now: now)
        guard let id = link.node, link.isReady(longerThan: .seconds(30), now: now) || use > .nothing,
            score(of: id, now: now) == 0, let candidate = candidates[id], candidate.proof > .hearsay
        else { return }
        // Coarse, so that not every look at a peer changes its record.
        let seconds = now.unixSeconds - now.unixSeconds % 600
        contacts.note(
            candidate.contact, isProven: link.isReady(longerThan: limits.rotationAge, now: now), use: use,
            at: Instant(unixSeconds: seconds))
        if use == .blocks { candidates.setUseful(id, true) }
    }
}
