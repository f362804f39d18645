import DevP2P
import EthNode
import Links
import NodeCore
import Primitives
import SansIO
import Simulator
import Storage
import Testing

@Suite("Whole nodes on bad networks")
struct FaultyNetworkTests {
    private static func run(_ links: LinkModel, nodes: Int, seed: UInt64 = 4, for duration: Duration = .seconds(40))
        throws -> Simulation
    {
        let network = Network(nodes: nodes, signers: 3)
        let simulation = Simulation(seed: seed, links: links)
        for index in 0..<nodes { try simulation.add(network.configuration(index)) }
        simulation.run(for: duration)
        return simulation
    }

    private static func heights(_ simulation: Simulation) -> [UInt64] {
        simulation.nodes.map(\.chain.status.head.number)
    }

    /// Everything at once: far apart, with jitter, loss, doubled and overtaken datagrams, thin lines.
    @Test func aBadNetworkAgreesAndRepeats() throws {
        var links = LinkModel(regions: .world, jitter: .milliseconds(10), bytesPerSecond: 200_000)
        links.loss = 0.03
        links.duplication = 0.02
        links.reordering = 0.1
        let first = try Self.run(links, nodes: 8)
        #expect(Self.heights(first).allSatisfy { $0 >= 12 }, "\(Self.heights(first))")
        #expect(Set(try first.nodes.map { try $0.canonicalHash(8) }).count == 1)
        let second = try Self.run(links, nodes: 8)
        #expect(first.trace.hash == second.trace.hash)
    }

    @Test func aNetworkWithNATsAgrees() throws {
        let simulation = Simulation(seed: 9)
        let network = Network(nodes: 6, signers: 3)
        for index in 0..<6 {
            let node = try simulation.add(network.configuration(index))
            simulation.setBehindNAT(index > 0, node)
        }
        simulation.run(for: .seconds(40))
        #expect(Self.heights(simulation).allSatisfy { $0 >= 12 }, "\(Self.heights(simulation))")
    }

    /// Two sides go on alone or stand still; once healed they agree.
    @Test(arguments: [false, true]) func partitionsHeal(isOneWay: Bool) throws {
        let simulation = try Self.run(LinkModel(), nodes: 6, for: .seconds(20))
        for index in [0, 3] { simulation.setSide(1, of: simulation.nodes[index]) }
        simulation.block(from: 0, to: 1)
        if !isOneWay { simulation.block(from: 1, to: 0) }
        simulation.run(for: .seconds(50))
        // Nobody is connected over the cut any more.
        let ports = Set([0, 3].map { simulation.nodes[$0].endpoint.ip })
        for node in simulation.nodes {
            let isInside = ports.contains(node.endpoint.ip)
            for peer in node.core.peerStatuses {
                #expect(ports.contains(peer.peer.endpoint.ip) == isInside)
            }
        }
        simulation.heal()
        simulation.run(for: .seconds(90))
        let lowest = Self.heights(simulation).min() ?? 0
        #expect(lowest >= 50, "\(Self.heights(simulation))")
        #expect(Set(try simulation.nodes.map { try $0.canonicalHash(lowest - 2) }).count == 1)
    }

    @Test func clocksThatDriftStillMakeBlocks() throws {
        let network = Network(nodes: 4, signers: 3)
        let simulation = Simulation(seed: 2)
        for index in 0..<4 {
            let node = try simulation.add(network.configuration(index))
            simulation.setDrift(index % 2 == 0 ? 500 : -500, of: node)
        }
        simulation.run(for: .seconds(120))
        #expect(Self.heights(simulation).allSatisfy { $0 >= 50 }, "\(Self.heights(simulation))")
        let shown = simulation.nodes.map { $0.clock.local(simulation.now) - simulation.now }
        #expect(shown == [60, -60, 60, -60].map { .milliseconds($0) })
    }
}
