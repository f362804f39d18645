import Discovery
import NodeRecord
import Primitives
import SansIO

/// The table of nodes: contacts of any distance and address, checks that succeed and fail, time.
public func fuzzKademlia(_ bytes: [UInt8]) throws(BrokenProperty) {
    var program = TableProgram()
    var input = FuzzInput(bytes)
    var steps = 0
    while !input.isAtEnd {
        try program.step(&input)
        steps += 1
        if steps.isMultiple(of: 16) { try program.checkTable() }
    }
    try program.checkTable()
}

private struct TableProgram {
    private static let localID = NodeID(Hash32(bytes: 0xa5))

    private var table = KademliaTable(localID: localID)
    private var random = NodeRandom(seed: 3)
    private var now = Fixed.now

    mutating func step(_ input: inout FuzzInput) throws(BrokenProperty) {
        switch input.choice(8) {
        case 0...2:
            let contact = contact(&input)
            let source: KademliaTable.Source = input.bool() ? .found : .firstHand
            table.add(contact, from: source, isLive: input.bool(), now: now, random: &random)
        case 3:
            let (contact, other) = (known(&input), known(&input))
            table.checkSucceeded(contact.id, at: other.udpEndpoint, now: now, random: &random)
        case 4:
            let contact = known(&input)
            table.checkSucceeded(contact.id, at: contact.udpEndpoint, now: now, random: &random)
        case 5:
            let contact = known(&input)
            table.checkFailed(contact.id, at: contact.udpEndpoint, now: now, random: &random)
        case 6:
            now = now + .milliseconds(1 << Int64(input.choice(20)))
            for _ in 0..<1000 { if table.popCheck(now: now, random: &random) == nil { break } }
            try require((table.deadline ?? .distantFuture) > now, "a check stays due")
        default: try checkClosest(to: contact(&input).id, count: input.choice(32))
        }
    }

    /// A contact whose id differs from the table's own first at a bit of the input's choice.
    private func contact(_ input: inout FuzzInput) -> NodeContact {
        let distance = input.choice(24)
        let variant = input.byte()
        var hash = Self.localID.hash.bytes
        hash[distance / 8] ^= 0x80 >> (distance % 8)
        hash[31] ^= variant & 0x1f
        let subnet = UInt32(input.byte())
        let ip: IPAddress =
            switch subnet % 4 {
            case 0: .v4(0x0a00_0000 | subnet << 8 | UInt32(variant))
            case 1: .v6(0x2606_0000_0000_0000 | UInt64(subnet), UInt64(variant))
            default: .v4(0x0808_0000 | subnet % 8 << 8 | UInt32(variant))
            }
        let key = PublicKey(hash + hash) ?? PublicKey()
        let id = NodeID(Hash32(hash) ?? Hash32())
        return NodeContact(
            publicKey: key, id: id, ip: ip, udpPort: UInt16(input.byte()), tcpPort: UInt16(variant))
    }

    /// A contact that is in the table, if there is any.
    private func known(_ input: inout FuzzInput) -> NodeContact {
        let near = table.closest(to: contact(&input).id, count: 1)
        return near.first ?? contact(&input)
    }

    func checkTable() throws(BrokenProperty) {
        let entries = table.entries
        try require(entries.count == table.count, "the table counts \(table.count) of \(entries.count) entries")
        try require(entries.filter(\.isLive).count == table.liveCount, "the table counts its live entries wrongly")
        try require(Set(entries.map(\.contact.id)).count == entries.count, "a node is in the table twice")
        try require(!entries.contains { $0.contact.id == Self.localID }, "the node is in its own table")
        try require((table.deadline == nil) == entries.isEmpty, "checks are planned without entries, or not with some")
        let inBuckets = Dictionary(grouping: entries.map(\.contact)) { table.bucketIndex(of: $0.id) }
        var all: [UInt32: Int] = [:]
        for bucket in 0..<KademliaTable.bucketCount {
            let members = inBuckets[bucket] ?? []
            let waiting = table.replacements(inBucket: bucket)
            try require(members.count <= KademliaTable.bucketSize, "a bucket has \(members.count) entries")
            try require(waiting.count <= KademliaTable.maxReplacements, "\(waiting.count) contacts wait")
            let ids = Set((members + waiting).map(\.id))
            try require(ids.count == members.count + waiting.count, "a node is in a bucket and waits for it")
            var own: [UInt32: Int] = [:]
            for contact in members + waiting {
                guard case .v4(let ip) = contact.ip, !contact.ip.isLAN else { continue }
                own[ip >> 8, default: 0] += 1
                all[ip >> 8, default: 0] += 1
            }
            try require(own.values.allSatisfy { $0 <= 2 }, "a bucket has more than two nodes of one /24")
        }
        try require(all.values.allSatisfy { $0 <= 10 }, "the table has more than ten nodes of one /24")
    }

    private func checkClosest(to target: NodeID, count: Int) throws(BrokenProperty) {
        let sorted = table.entries.sorted { target.isNearer($0.contact.id, than: $1.contact.id) }
        let nearest = sorted.prefix(count).map(\.contact.id)
        try require(table.closest(to: target, count: count).map(\.id) == nearest, "the nearest are others")
        let live = table.liveCount == 0 ? sorted : sorted.filter(\.isLive)
        let nearestLive = live.prefix(count).map(\.contact.id)
        try require(table.closestLive(to: target, count: count).map(\.id) == nearestLive, "the nearest live are others")
    }
}

extension Hash32 {
    fileprivate init(bytes byte: UInt8) { self = Hash32([UInt8](repeating: byte, count: 32)) ?? Hash32() }
}
