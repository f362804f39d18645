import DevP2P
import Primitives
import SansIO

/// The scores and bans of nodes, kept after they disconnect. Bounded: the oldest without a ban goes first.
struct Standings: Sendable {
    private struct Standing: Sendable {
        /// When the score reaches zero: a point is a length of time, so that it decays by itself.
        var clearAt: Instant
        var bannedUntil: Instant?
        var bans = 0

        func score(now: Instant) -> Int {
            let left = max(0, (clearAt - now).nanoseconds)
            return Int(left / PeerScore.point.nanoseconds)
        }

        mutating func add(_ points: Int, now: Instant) {
            let longest = now + PeerScore.point * PeerScore.maximum
            clearAt = min(max(clearAt, now) + PeerScore.point * max(0, points), longest)
        }

        func isBanned(now: Instant) -> Bool { bannedUntil.map { $0 > now } ?? false }
    }

    private struct AddressBan: Sendable {
        var nodes: [NodeID]
        var until: Instant
    }

    private let capacity: Int
    private var standings: [NodeID: Standing] = [:]
    /// The names in the table, oldest first.
    private var order: [NodeID] = []
    private var addresses: [IPAddress: AddressBan] = [:]

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { standings.count }

    func score(of id: NodeID, now: Instant) -> Int { standings[id]?.score(now: now) ?? 0 }

    /// Until when the node is banned; nil where it isn't.
    func ban(of id: NodeID, now: Instant) -> Instant? {
        guard let standing = standings[id], standing.isBanned(now: now) else { return nil }
        return standing.bannedUntil
    }

    func isBanned(_ ip: IPAddress, now: Instant) -> Bool {
        guard let ban = addresses[ip] else { return false }
        return ban.until > now && ban.nodes.count >= PeerScore.bannedNodesPerAddress
    }

    /// Adds points; the new score, and the end of the ban that they brought, if any.
    mutating func add(_ points: Int, to id: NodeID, at ip: IPAddress?, mayBan: Bool, now: Instant) -> (Int, Instant?) {
        var standing = standings[id] ?? Standing(clearAt: now)
        standing.add(points, now: now)
        let score = standing.score(now: now)
        var end: Instant?
        if mayBan, score >= PeerScore.banAt, !standing.isBanned(now: now) {
            let seconds = PeerScore.firstBanSeconds << Int64(2 * min(standing.bans, 8))
            let until = now + .seconds(min(seconds, PeerScore.longestBanSeconds))
            standing.bans += 1
            standing.bannedUntil = until
            // What the ban is for is paid with it.
            standing.clearAt = now
            end = until
            if let ip, !ip.isLAN { note(id, at: ip, until: until, now: now) }
        }
        store(standing, for: id, now: now)
        return (score, end)
    }

    /// Forgets what a node has done.
    mutating func pardon(_ id: NodeID, now: Instant) {
        standings[id]?.bannedUntil = nil
        standings[id]?.clearAt = now
    }

    private mutating func note(_ id: NodeID, at ip: IPAddress, until: Instant, now: Instant) {
        addresses = addresses.filter { $0.value.until > now }
        guard addresses.count < capacity || addresses[ip] != nil else { return }
        var ban = addresses[ip] ?? AddressBan(nodes: [], until: until)
        if !ban.nodes.contains(id), ban.nodes.count < PeerScore.bannedNodesPerAddress { ban.nodes.append(id) }
        ban.until = max(ban.until, until)
        addresses[ip] = ban
    }

    private mutating func store(_ standing: Standing, for id: NodeID, now: Instant) {
        if standings.updateValue(standing, forKey: id) == nil { order.append(id) }
        guard standings.count > capacity else { return }
        let sample = order.prefix(16)
        let place = sample.firstIndex { $0 != id && standings[$0]?.isBanned(now: now) != true } ?? order.startIndex
        standings[order.remove(at: place)] = nil
    }
}
