import DevP2P
import Primitives
import SansIO

/// The scores and bans of nodes, kept after they disconnect. Bounded: the lightest of the oldest without a ban goes first.
struct Standings: Sendable {
    struct AddressBan: Hashable, Sendable {
        var nodes: [NodeID]
        var until: Instant
    }

    private let capacity: Int
    private(set) var nodes: [NodeID: Standing] = [:]
    /// The names in the table, oldest first.
    private var order: [NodeID] = []
    private(set) var addresses: [IPAddress: AddressBan] = [:]

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { nodes.count }

    subscript(_ id: NodeID) -> Standing? { nodes[id] }

    /// The ban of a node; nil where it isn't banned.
    func ban(of id: NodeID, now: Instant) -> Standing.Ban? {
        guard let standing = nodes[id], standing.isBanned(now: now) else { return nil }
        return standing.ban
    }

    func isBanned(_ ip: IPAddress, _ table: ReputationTable, now: Instant) -> Bool {
        guard let ban = addresses[ip] else { return false }
        return ban.until > now && ban.nodes.count >= table[.bannedNodesPerAddress]
    }

    /// Adds points; the standing afterwards.
    @discardableResult
    mutating func charge(
        _ points: Int, to id: NodeID, for offence: Offence, _ table: ReputationTable, now: Instant
    ) -> Standing {
        var standing = nodes[id] ?? Standing(asOf: now)
        guard points > 0 else { return standing }
        standing.charge(points, for: offence, table, now: now)
        store(standing, for: id, table, now: now)
        return standing
    }

    /// Keeps a node that was disconnected for its score out until that has fallen.
    mutating func exclude(_ id: NodeID) { nodes[id]?.reachedDisconnect = true }

    /// Takes a node's gossip after all.
    mutating func heed(_ id: NodeID) { nodes[id]?.reachedIgnore = false }

    /// Bans a node; until when.
    mutating func ban(
        _ id: NodeID, at ip: IPAddress?, for offence: Offence, _ table: ReputationTable, now: Instant
    ) -> Instant {
        var standing = nodes[id] ?? Standing(asOf: now)
        standing.ban(for: offence, table, now: now)
        store(standing, for: id, table, now: now)
        let until = standing.ban?.until ?? now
        if let ip, !ip.isLAN { note(id, at: ip, until: until, table, now: now) }
        return until
    }

    /// Forgets what a node has done.
    mutating func pardon(_ id: NodeID, now: Instant) {
        nodes[id]?.ban = nil
        nodes[id]?.clear(now: now)
    }

    /// What an earlier run has kept. It never replaces what this run knows.
    mutating func restore(_ standing: Standing, of id: NodeID, _ table: ReputationTable, now: Instant) {
        guard nodes[id] == nil, nodes.count < capacity else { return }
        store(standing, for: id, table, now: now)
    }

    mutating func restore(_ ban: AddressBan, of ip: IPAddress) {
        guard addresses[ip] == nil, addresses.count < capacity else { return }
        addresses[ip] = ban
    }

    private mutating func note(
        _ id: NodeID, at ip: IPAddress, until: Instant, _ table: ReputationTable, now: Instant
    ) {
        addresses = addresses.filter { $0.value.until > now }
        guard addresses.count < capacity || addresses[ip] != nil else { return }
        var ban = addresses[ip] ?? AddressBan(nodes: [], until: until)
        if !ban.nodes.contains(id), ban.nodes.count < table[.bannedNodesPerAddress] { ban.nodes.append(id) }
        ban.until = max(ban.until, until)
        addresses[ip] = ban
    }

    private mutating func store(_ standing: Standing, for id: NodeID, _ table: ReputationTable, now: Instant) {
        if nodes.updateValue(standing, forKey: id) == nil { order.append(id) }
        guard nodes.count > capacity else { return }
        let sample = order.prefix(16).indices.filter {
            order[$0] != id && nodes[order[$0]]?.isBanned(now: now) != true
        }
        // Whoever has done least is forgotten first: a flood of small offences hides no great one.
        let weights = sample.map { ($0, nodes[order[$0]]?.score(table, now: now) ?? 0) }
        let place = weights.min { $0.1 < $1.1 }?.0 ?? order.startIndex
        nodes[order.remove(at: place)] = nil
    }
}
