import DevP2P
import PeerBook
import Primitives
import SansIO

extension JSON {
    /// The member `reputation` of an element of admin_peers.
    static func reputation(_ reputation: PeerReputation) -> JSON {
        var members = [
            Member("ignored", .bool(reputation.isIgnored)), Member("protected", .bool(reputation.isProtected)),
        ]
        if let score = reputation.rangeScore { members.append("rangeScore", .number("\(score)")) }
        let parts = reputation.parts.map { part -> JSON in
            [
                "offence": .string(part.offence.rawValue), "count": .number("\(part.count)"),
                "lastMs": .milliseconds(part.last), "points": .number("\(part.points)"),
                "left": .number("\(part.left)"),
            ]
        }
        members.append("offences", .array(parts))
        let useful = reputation.usefulness
        var usefulness = [
            Member("blocks", .number("\(useful.blocks)")), Member("transactions", .number("\(useful.transactions)")),
            Member("bytes", .number("\(useful.bytes)")),
        ]
        if let latency = useful.latency { usefulness.append("latency", .double(latency.inSeconds)) }
        members.append("usefulness", .object(usefulness))
        return .object(members)
    }

    /// One element of starling_peerBans.
    static func ban(_ ban: PeerBan) -> JSON {
        var members: [Member] = []
        switch ban.subject {
        case .node(let id): members.append("id", .string(id.hex))
        case .address(let ip): members.append("address", .string(ip.description))
        }
        if let offence = ban.offence { members.append("offence", .string(offence.rawValue)) }
        members.append("untilMs", .milliseconds(ban.until))
        members.append("count", .number("\(ban.count)"))
        return .object(members)
    }
}
