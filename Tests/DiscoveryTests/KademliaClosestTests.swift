import Discovery
import NodeRecord
import Primitives
import SansIO
import Testing

/// `closest` against the plain way: sort everything.
@Suite struct KademliaClosestTests {
    private func table(seed: UInt64, count: Int) -> KademliaTable {
        var random = NodeRandom(seed: seed)
        let local = NodeID(random.bytes(32)) ?? NodeID()
        var table = KademliaTable(localID: local)
        for index in 0..<count {
            // Distances down to that of the first bucket's middle, so that every bucket is filled.
            let distance = 256 - Int(random.next() % 24)
            let id = Sample.id(at: distance, from: local, salt: random.next())
            table.add(
                Sample.contact(id: id, ip: "10.0.0.1"), from: .found, isLive: index % 3 != 0, now: Sample.start,
                random: &random)
        }
        return table
    }

    private func sorted(_ entries: [TableEntry], _ target: NodeID, _ count: Int) -> [NodeID] {
        Array(entries.map(\.contact.id).sorted { target.isNearer($0, than: $1) }.prefix(count))
    }

    @Test(arguments: [0, 1, 5, 16, 40, 200, 1000])
    func theNearestComeFirst(_ nodes: Int) {
        let table = table(seed: UInt64(nodes), count: nodes)
        var random = NodeRandom(seed: 99)
        var targets = (0..<50).map { _ in NodeID(random.bytes(32)) ?? NodeID() }
        targets += (1...256).map { Sample.id(at: $0, from: table.localID, salt: 7) } + [table.localID]
        targets += table.entries.prefix(20).map(\.contact.id)
        let live = table.entries.filter(\.isLive)
        #expect(nodes < 16 || (!live.isEmpty && live.count < table.count))
        for target in targets {
            for count in [1, 3, 16, 300] {
                #expect(table.closest(to: target, count: count).map(\.id) == sorted(table.entries, target, count))
                #expect(
                    table.closestLive(to: target, count: count).map(\.id)
                        == sorted(live.isEmpty ? table.entries : live, target, count))
            }
            #expect(table.closest(to: target, count: 0).isEmpty)
        }
    }

    @Test func aFullTableIsFull() {
        #expect(table(seed: 1, count: 4000).count == 17 * 16)
    }

    /// Ids that agree in their first 64 bits are told apart by the others.
    @Test func longCommonPrefixesAreCompared() {
        var random = NodeRandom(seed: 3)
        var table = KademliaTable(localID: NodeID())
        var ids: [NodeID] = []
        for distance in [150, 151, 100, 64, 3, 1, 2, 180] {
            let id = Sample.id(at: distance, from: NodeID(), salt: 4)
            ids.append(id)
            table.add(
                Sample.contact(id: id, ip: "10.0.0.1"), from: .found, now: Sample.start, random: &random)
        }
        for target in ids + [NodeID()] {
            #expect(table.closest(to: target, count: 16).map(\.id) == ids.sorted { target.isNearer($0, than: $1) })
        }
    }
}
