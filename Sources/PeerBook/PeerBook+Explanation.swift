public import DevP2P
public import Primitives
public import SansIO

/// What a node holds against a peer, and for it.
public struct PeerReputation: Hashable, Sendable {
    /// Offences of a kind that still count.
    public struct Part: Hashable, Sendable {
        public let offence: Offence
        public let count: Int
        public let last: Instant
        /// The points added, and what is left of them; the rest has decayed.
        public let points: Int
        public let left: Int

        public init(_ offence: Offence, count: Int, last: Instant, points: Int, left: Int) {
            self.offence = offence
            self.count = count
            self.last = last
            self.points = points
            self.left = left
        }
    }

    /// 0 is good.
    public let score: Int
    /// What the score is made of, the newest offence last. The parts are rounded each for itself.
    public let parts: [Part]
    /// What the nodes of its range of addresses have done together; nil on a local network.
    public let rangeScore: Int?
    /// Whether its gossip isn't taken.
    public let isIgnored: Bool
    public let usefulness: PeerUsefulness
    /// Whether its slot is safe from rotation: it is among the most useful, or the operator wants it.
    public let isProtected: Bool

    public init(
        score: Int, parts: [Part], rangeScore: Int?, isIgnored: Bool, usefulness: PeerUsefulness, isProtected: Bool
    ) {
        self.score = score
        self.parts = parts
        self.rangeScore = rangeScore
        self.isIgnored = isIgnored
        self.usefulness = usefulness
        self.isProtected = isProtected
    }
}

/// Who is kept out, why and until when.
public struct PeerBan: Hashable, Sendable {
    public enum Subject: Hashable, Sendable {
        case node(NodeID)
        case address(IPAddress)
    }

    public let subject: Subject
    /// The offence that brought it; nil for an address, which is banned for the nodes on it.
    public let offence: Offence?
    public let until: Instant
    /// The number of bans of the node so far; of an address, that of its banned nodes.
    public let count: Int

    public init(_ subject: Subject, for offence: Offence?, until: Instant, count: Int) {
        self.subject = subject
        self.offence = offence
        self.until = until
        self.count = count
    }
}

extension PeerBook {
    /// What is held against each peer, by connection.
    ///
    /// - Complexity: O(peers log peers).
    public func reputations(now: Instant) -> [ConnectionID: PeerReputation] {
        let protected = protectedConnections(now: now)
        var reputations: [ConnectionID: PeerReputation] = [:]
        for link in connections.ready {
            guard let id = link.node else { continue }
            let ip = link.endpoint.ip
            reputations[link.connection] = PeerReputation(
                score: score(of: id, now: now), parts: parts(of: id, now: now),
                rangeScore: ip.isLAN ? nil : ranges.score(of: ip, table, now: now), isIgnored: isIgnored(id, now: now),
                usefulness: link.usefulness.view(table, now: now),
                isProtected: trusted.contains(id) || isStatic(id) || protected.contains(link.connection))
        }
        return reputations
    }

    /// The nodes and addresses that are banned now, the ban that ends first first.
    public func bans(now: Instant) -> [PeerBan] {
        let nodes = standings.nodes.compactMap { id, standing -> PeerBan? in
            guard standing.isBanned(now: now), let ban = standing.ban else { return nil }
            return PeerBan(.node(id), for: ban.offence, until: ban.until, count: standing.bans)
        }
        let addresses = standings.addresses.compactMap { ip, ban -> PeerBan? in
            guard standings.isBanned(ip, table, now: now) else { return nil }
            return PeerBan(.address(ip), for: nil, until: ban.until, count: ban.nodes.count)
        }
        return (nodes + addresses).sorted { ($0.until, "\($0.subject)") < ($1.until, "\($1.subject)") }
    }

    private func parts(of id: NodeID, now: Instant) -> [PeerReputation.Part] {
        let point = table.point.nanoseconds
        return (standings[id]?.marks(now: now) ?? []).map { mark in
            PeerReputation.Part(
                mark.offence, count: mark.count, last: mark.last, points: mark.points,
                left: Int(mark.left / point))
        }
    }
}
