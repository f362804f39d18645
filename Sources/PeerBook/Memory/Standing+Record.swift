import DevP2P
import Primitives
import RLP
import SansIO

extension Standing {
    /// Moments are absolute, so that what has happened while the node was down has happened.
    func record(of id: NodeID) -> PeerRecord {
        .make(.standing, id.bytes) { list in
            list.write(asOf.recorded)
            list.write(reachedIgnore)
            list.write(reachedDisconnect)
            list.list { list in
                for mark in marks {
                    list.list { list in
                        list.write(Array(mark.offence.rawValue.utf8))
                        list.write(UInt64(max(0, mark.count)))
                        list.write(mark.last.recorded)
                        list.write(UInt64(max(0, mark.points)))
                        list.write(UInt64(max(0, mark.left)))
                    }
                }
            }
            list.list { list in
                guard let ban else { return }
                list.write(ban.until.recorded)
                list.write(Array(ban.offence.rawValue.utf8))
            }
            list.write(UInt64(max(0, bans)))
        }
    }

    /// Nothing is taken that this node couldn't have written by now: where the clock was wrong, scores and bans are no
    /// higher and no longer than they can be.
    init(_ fields: inout RLPReader, _ table: ReputationTable, now: Instant) throws(RLPError) {
        self.init(asOf: min(try fields.instant(), now))
        reachedIgnore = try fields.read()
        reachedDisconnect = try fields.read()
        var room = table.point.nanoseconds * Int64(table[.maximum])
        marks = try fields.readList(limit: Offence.allCases.count) { (list) throws(RLPError) in
            var list = try list.readList()
            var mark = Mark(
                offence: try list.offence(), count: try list.count(), last: min(try list.instant(), now),
                points: try list.count(), left: try list.int64())
            try list.expectEnd()
            mark.left = min(mark.left, room)
            room -= mark.left
            return mark
        }
        var list = try fields.readList()
        if !list.isAtEnd {
            let longest = now + .seconds(table[.longestBanSeconds])
            ban = Ban(until: min(try list.instant(), longest), offence: try list.offence())
        }
        try list.expectEnd()
        bans = try fields.count()
    }
}

extension RangeScores.Entry {
    func record(of range: Subnet) -> PeerRecord {
        .make(.range, range.first.bytes) { list in
            list.write(clearAt.recorded)
            list.write(reachedClose)
        }
    }

    init(_ fields: inout RLPReader, _ table: ReputationTable, now: Instant) throws(RLPError) {
        let longest = now + table.point * table[.rangeMaximum]
        self.init(clearAt: min(try fields.instant(), longest), reachedClose: try fields.read())
    }
}

extension Standings.AddressBan {
    func record(of ip: IPAddress) -> PeerRecord {
        .make(.addressBan, ip.bytes) { list in
            list.write(until.recorded)
            list.list { for node in nodes { $0.write(node) } }
        }
    }

    init(_ fields: inout RLPReader, _ table: ReputationTable, now: Instant) throws(RLPError) {
        let longest = now + .seconds(table[.longestBanSeconds])
        let until = min(try fields.instant(), longest)
        self.init(nodes: try fields.readList(limit: table[.bannedNodesPerAddress]), until: until)
    }
}

extension RLPReader {
    fileprivate mutating func offence() throws(RLPError) -> Offence {
        let name = String(decoding: try readBytes(limit: 64), as: UTF8.self)
        guard let offence = Offence(rawValue: name) else { throw .invalidValue }
        return offence
    }
}
