import DevP2P
import NodeRecord
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
        let anchors = anchors(Self.maxAnchors).map(\.id)
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
        restoredAnchors = Set(chosen)
        anchorsToDial = chosen.reversed()
        return damaged
    }

    static var maxAnchors: Int { 8 }

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
            contacts.note(entry.contact, isProven: entry.isProven, at: entry.lastMet)
            guard addCandidate(entry.contact, from: .memory, now: now) == nil, anchor > 0 else { return nil }
            return (anchor, id)
        default: throw .unknownKey
        }
        return nil
    }

    /// Notes a peer that has been a good one for a while, if more than hearsay says where it is.
    mutating func remember(_ link: ConnectionTable.Link, now: Instant) {
        guard let id = link.node, link.isReady(longerThan: .seconds(30), now: now), score(of: id, now: now) == 0,
            let candidate = candidates[id], candidate.proof > .hearsay
        else { return }
        // Coarse, so that not every look at a peer changes its record.
        let seconds = now.unixSeconds - now.unixSeconds % 600
        contacts.note(
            candidate.contact, isProven: link.isReady(longerThan: limits.rotationAge, now: now),
            at: Instant(unixSeconds: seconds))
    }
}
