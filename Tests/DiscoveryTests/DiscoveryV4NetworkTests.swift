import Discovery
import EthCrypto
import NodeRecord
import Primitives
import SansIO
import Testing

/// Whole networks in virtual time.
@Suite struct DiscoveryV4NetworkTests {
    private static let eth: [UInt8] = [0xc7, 0xc6, 0x84, 0x07, 0xc9, 0x46, 0x2e, 0x80]

    /// Node 0 is the bootnode of all others.
    private static func network(_ count: Int, seed: UInt64, loss: Double = 0) throws -> VirtualNetwork {
        var network = VirtualNetwork(seed: seed)
        network.loss = loss
        try network.addNode(bootnodes: [], entries: [(key: "eth", value: eth)])
        for _ in 1..<count {
            try network.addNode(bootnodes: [network.contacts[0]], entries: [(key: "eth", value: eth)])
        }
        return network
    }

    @Test func twoNodesFindEachOther() throws {
        var network = try Self.network(2, seed: 1)
        network.run(for: .seconds(1))
        for index in 0...1 {
            let other = network.contacts[1 - index]
            let contact = try #require(network.found[index][other.id])
            #expect(contact.udpEndpoint == other.udpEndpoint)
            #expect(contact.tcpEndpoint == other.tcpEndpoint)
            #expect(contact.record == network.nodes[1 - index].localRecord)
            #expect(contact.record?.ethEntry.map(Array.init) == Self.eth)
            #expect(network.nodes[index].liveContacts == [contact])
            #expect(network.reports[index] == 1, "reported once")
            #expect(network.nodes[index].counters.malformed == 0)
            #expect(network.nodes[index].counters.unsolicited == 0)
            #expect(network.nodes[index].counters.queriesAnswered > 0)
        }
        #expect(network.typeCounts.dropFirst().allSatisfy { $0 > 0 }, "all six packets were needed")
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func fiveNodesAreCompleteWithinTwoSeconds(_ seed: UInt64) throws {
        var network = try Self.network(5, seed: seed)
        network.run(for: .seconds(2))
        for index in 0..<5 {
            #expect(
                Set(network.found[index].keys) == Set(network.contacts.map(\.id)).subtracting([network.nodes[index].id])
            )
            #expect(network.found[index].values.allSatisfy { $0.record?.ethEntry != nil })
            #expect(network.reports[index] == 4)
        }
    }

    @Test func anIdleNetworkIsQuiet() throws {
        var network = try Self.network(5, seed: 1)
        network.run(for: .seconds(120))
        let before = network.datagramCount
        network.run(for: .seconds(600))
        // Lookups every 30 s and checks every few seconds: below one datagram a second and node.
        #expect(network.datagramCount - before < 5 * 600)
        #expect(network.reports == [4, 4, 4, 4, 4])
        #expect(network.nodes.allSatisfy { $0.liveContacts.count == 4 })
    }

    @Test func fiftyNodesFindTheirNetwork() throws {
        var network = try Self.network(50, seed: 7)
        network.run(for: .seconds(8))
        for index in 0..<50 {
            #expect(network.found[index].count >= 30, "node \(index)")
            #expect(network.nodes[index].table.liveCount >= 20)
        }
        // The same seed gives the same trace, another one another.
        var again = try Self.network(50, seed: 7)
        again.run(for: .seconds(8))
        #expect(again.traceHash == network.traceHash)
        #expect(again.datagramCount == network.datagramCount)
        var other = try Self.network(50, seed: 8)
        other.run(for: .seconds(1))
        #expect(other.traceHash != network.traceHash)
    }

    @Test func lossOnlyDelays() throws {
        var network = try Self.network(20, seed: 3, loss: 0.2)
        network.run(for: .seconds(30))
        for index in 0..<20 { #expect(network.found[index].count >= 15, "node \(index)") }
    }

    @Test func aNodeThatIsGoneLeavesTheTables() throws {
        var network = try Self.network(6, seed: 4)
        network.run(for: .seconds(5))
        network.down = [3]
        network.run(for: .seconds(300))
        let gone = network.contacts[3].id
        for index in [0, 1, 2, 4, 5] {
            #expect(network.nodes[index].table[gone]?.isLive != true, "node \(index)")
            #expect(network.nodes[index].liveContacts.count == 4)
        }
        network.down = []
        try network.restart(3, bootnodes: [network.contacts[0]])
        network.run(for: .seconds(5))
        #expect(network.found[3].count == 5)
        for index in [0, 1, 2, 4, 5] { #expect(network.nodes[index].table[gone]?.isLive == true, "node \(index)") }
    }

    /// The others still hold a proof of the restarted node and don't ping it back.
    @Test func aRestartedNodeIsBackWithinSeconds() throws {
        var network = try Self.network(8, seed: 5)
        network.run(for: .seconds(10))
        try network.restart(2, bootnodes: [network.contacts[0]])
        network.run(for: .seconds(4))
        #expect(network.found[2].count == 7)
        // The bootnode restarts too and has nobody to ask: the others come back to it.
        try network.restart(0, bootnodes: [])
        network.run(for: .seconds(60))
        #expect(network.nodes[0].liveContacts.count == 7)
    }

    @Test func aChangedRecordIsReportedAgain() throws {
        var network = try Self.network(3, seed: 6)
        network.run(for: .seconds(3))
        let changed: [UInt8] = [0xc7, 0xc6, 0x84, 0x01, 0x02, 0x03, 0x04, 0x80]
        try network.nodes[1].setEntry("eth", rlp: changed)
        network.run(for: .seconds(60))
        for index in [0, 2] {
            #expect(network.found[index][network.contacts[1].id]?.record?.ethEntry.map(Array.init) == changed)
            #expect(network.reports[index] == 3)
        }
    }

    @Test func seedsReplaceABootnode() throws {
        var network = try Self.network(6, seed: 9)
        network.run(for: .seconds(5))
        let stored = network.nodes[4].liveContacts
        #expect(stored.count == 5)
        network.down = [0]
        try network.restart(4, bootnodes: [network.contacts[0]])
        network.nodes[4].seed(stored)
        network.run(for: .seconds(3))
        #expect(network.found[4].count == 4)
    }

    /// A bootnode that is known by name has moved, and is told of at its new address while the old one seems alive.
    @Test func aBootnodeThatHasMovedIsFollowed() throws {
        var network = try Self.network(2, seed: 10)
        network.run(for: .seconds(5))
        let id = network.contacts[0].id
        #expect(network.nodes[1].table[id]?.isLive == true)
        try network.move(0, toPort: 40_000)
        network.nodes[1].seed([network.contacts[0]])
        network.run(for: .seconds(60))
        #expect(network.nodes[1].table[id]?.contact.udpPort == 40_000)
        #expect(network.nodes[1].table[id]?.isLive == true)
    }
}
