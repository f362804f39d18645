import DevP2P
import EthCrypto
import EthNode
import Links
import NodeCore
import NodeRecord
import Primitives
import SansIO
import Simulator
import Testing

@Suite("Capabilities of one's own, through whole nodes")
struct CapabilityTests {
    private static func key(_ index: Int) -> PrivateKey {
        var random = NodeRandom(seed: UInt64(index), stream: 9)
        return PrivateKey.generate(using: &random)
    }

    private static func configuration(_ index: Int) -> ChainNodeConfiguration {
        let first = NodeContact(
            publicKey: key(0).publicKey, ip: .v4(0x0a00_0001), udpPort: 30303, tcpPort: 30303)
        var node = ChainNodeConfiguration.bare(
            key: key(index), clientID: "test/\(index)", advertisedIP: .v4(0x0a00_0001 + UInt32(index)), port: 30303)
        if index > 0 { node.node.staticPeers = [first] }
        node.node.discoveryEnabled = false
        return node
    }

    /// A star around the first node, whose links all take 20 ms one way.
    private static func star(_ capabilities: [[any HostConfiguration]]) throws -> Simulation {
        let delay = Duration.milliseconds(20)
        let simulation = Simulation(seed: 3, links: LinkModel(minimumDelay: delay, maximumDelay: delay))
        for (index, hosts) in capabilities.enumerated() {
            try simulation.add(configuration(index), hosts: hosts)
        }
        simulation.run(for: .seconds(5))
        return simulation
    }

    /// Name and event of everything that capabilities have told at a node.
    private static func told(_ simulation: Simulation, _ index: Int) -> [(name: String, event: any Sendable)] {
        simulation.nodes[index].events.compactMap { event in
            if case .capability(let name, let value) = event { (name.description, value) } else { nil }
        }
    }

    private static func names(_ core: NodeCore) -> [[String]] {
        core.peerStatuses.map { status in status.capabilities.map(\.description).filter { $0.hasPrefix("vault") } }
    }

    @Test("of several versions each two nodes speak the highest that both have")
    func versions() throws {
        let simulation = try Self.star([
            [CapabilityConfiguration(Vault<Vault1>(realm: 1)), CapabilityConfiguration(Vault<Vault2>(realm: 1))],
            [CapabilityConfiguration(Vault<Vault1>(realm: 1))],
            [CapabilityConfiguration(Vault<Vault2>(realm: 1)), CapabilityConfiguration(Vault<Vault1>(realm: 1))],
        ])
        #expect(Self.names(simulation.nodes[1].core) == [["vault/1"]])
        #expect(Self.names(simulation.nodes[2].core) == [["vault/2"]])
        #expect(Self.names(simulation.nodes[0].core).sorted { $0[0] < $1[0] } == [["vault/1"], ["vault/2"]])
        for (index, name) in [(1, "vault/1"), (2, "vault/2")] {
            let told = Self.told(simulation, index)
            #expect(told.map(\.name) == [name])
        }
        // Counted apart: a realm each way, and none for the version that isn't spoken.
        let counts = simulation.nodes[2].core.capabilityStatuses.filter { $0.name.name == "vault" }
        #expect(counts.map(\.metrics.messagesReceived) == [1, 0])
        #expect(counts.map(\.metrics.messagesSent) == [1, 0])
        #expect(counts.map(\.peerCount) == [1, 0])
        #expect(counts.first?.metrics.bytesSent == 2)
    }

    @Test("a capability becomes ready after its own handshake, or ends the connection")
    func handshake() throws {
        let simulation = try Self.star([
            [CapabilityConfiguration(Vault<Vault1>(realm: 1))], [CapabilityConfiguration(Vault<Vault1>(realm: 1))],
            [CapabilityConfiguration(Vault<Vault1>(realm: 2))],
        ])
        let events = Self.told(simulation, 0).compactMap { $0.event as? Vault<Vault1>.Event }
        let ready = events.compactMap { if case .ready(let peer) = $0 { peer.clientID } else { nil } }
        let refused = events.compactMap { if case .refused(let peer) = $0 { peer.clientID } else { nil } }
        #expect(ready == ["test/1"])
        #expect(refused.contains("test/2"))
        #expect(simulation.nodes[0].core.peerStatuses.map(\.peer.clientID) == ["test/1"])
    }

    /// Asks each peer ten times, one after the other, and gives what is known of them then.
    private static func interview() throws -> (Simulation, [String: ResponseRecord]) {
        let simulation = try star([
            [CapabilityConfiguration(Vault<Vault1>(realm: 1))], [CapabilityConfiguration(Vault<Vault1>(realm: 1))],
            [CapabilityConfiguration(Vault<Vault1>(realm: 1, skips: 5))],
        ])
        for _ in 0..<10 {
            simulation.handle(.command(Vault<Vault1>.name, 1), at: simulation.nodes[0])
            simulation.run(for: .seconds(3))
        }
        var records: [String: ResponseRecord] = [:]
        for (_, event) in told(simulation, 0) {
            switch event as? Vault<Vault1>.Event {
            case .answered(let peer, let record), .timedOut(let peer, let record): records[peer.clientID] = record
            default: break
            }
        }
        return (simulation, records)
    }

    @Test("requests are measured for each peer: latency, throughput, success")
    func requests() throws {
        let (_, records) = try Self.interview()
        let steady = try #require(records["test/1"])
        #expect(steady.count == 10 && steady.successRate == 1)
        // There and back, and a little for the bytes.
        for latency in [steady.p50, steady.p95, steady.p99] {
            #expect((latency ?? .zero) >= .milliseconds(40) && (latency ?? .zero) < .milliseconds(41))
        }
        // 100 bytes in each 40 ms.
        #expect((steady.bytesPerSecond ?? 0) > 2400 && (steady.bytesPerSecond ?? 0) <= 2500)
        let forgetful = try #require(records["test/2"])
        #expect(forgetful.count == 10 && forgetful.successRate == 0.8)
        #expect((forgetful.p99 ?? .zero) < .milliseconds(41))
        // Twice it owed an answer for two seconds.
        #expect((forgetful.bytesPerSecond ?? 0) > 180 && (forgetful.bytesPerSecond ?? 0) < 190)
    }

    @Test("commands are inputs like others: the run repeats")
    func repeats() throws {
        let (first, _) = try Self.interview()
        let (second, _) = try Self.interview()
        #expect(first.trace.hash == second.trace.hash)
        #expect(first.trace.count == second.trace.count && first.trace.count > 60)
    }
}
