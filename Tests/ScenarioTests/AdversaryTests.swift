import DevP2P
import Discovery
import EthCrypto
import EthNode
import NodeCore
import PeerBook
import Primitives
import SansIO
import Simulator
import Storage
import Testing

@Suite("Nodes that misbehave")
struct AdversaryTests {
    /// Ten nodes of which the last two misbehave, and who was banned by an honest one.
    private static func run(
        for duration: Duration = .seconds(60), _ behaviour: () -> any Behaviour
    ) throws -> (Simulation, banned: Set<Int>) {
        let network = Network(nodes: 10, signers: 3)
        let simulation = Simulation(seed: 8, crypto: .plain)
        for index in 0..<10 { try simulation.add(network.configuration(index)) }
        for node in simulation.nodes.suffix(2) { simulation.setBehaviour(behaviour(), of: node) }
        var banned: Set<Int> = []
        simulation.observer = { node, effect, _ in
            guard node.index < 8, case .event(.peerBook(.banned(let id, _, _))) = effect else { return }
            banned.formUnion(simulation.nodes.filter { $0.configuration.key.publicKey.nodeID == id }.map(\.index))
        }
        simulation.run(for: duration)
        return (simulation, banned)
    }

    private static func lowest(_ simulation: Simulation) -> UInt64 {
        simulation.nodes.prefix(8).map(\.chain.status.head.number).min() ?? 0
    }

    @Test func theHonestGoOnAmongTheSilent() throws {
        let (simulation, _) = try Self.run { Silent() }
        #expect(Self.lowest(simulation) >= 20)
    }

    @Test func theHonestGoOnWhereOthersWithhold() throws {
        let (simulation, banned) = try Self.run { Withholding() }
        #expect(Self.lowest(simulation) >= 20)
        #expect(banned.isSubset(of: [8, 9]))
    }

    @Test func whoSendsInvalidBlocksIsBannedAndNobodyElse() throws {
        let (simulation, banned) = try Self.run { InvalidBlocks(random: NodeRandom(seed: 3)) }
        #expect(Self.lowest(simulation) >= 20)
        #expect(!banned.isEmpty && banned.isSubset(of: [8, 9]), "\(banned)")
    }

    @Test func whoSendsGarbageIsThrownOut() throws {
        let (simulation, banned) = try Self.run { Garbage() }
        #expect(Self.lowest(simulation) >= 20)
        #expect(banned.isSubset(of: [8, 9]), "\(banned)")
        let spoilers = Set(simulation.nodes.suffix(2).map(\.configuration.key.publicKey.nodeID))
        for node in simulation.nodes.prefix(8) {
            let thrownOut = node.events.filter { event in
                if case .peerDisconnected(let peer, .local) = event { spoilers.contains(peer.id) } else { false }
            }
            let broken = node.events.filter { event in
                if case .peerDisconnected(let peer, .protocolError) = event {
                    spoilers.contains(peer.id)
                } else {
                    false
                }
            }
            #expect(thrownOut.count + broken.count > 0, "node \(node.index) has kept all of them")
        }
    }

    @Test func discoveryWithstandsSpam() throws {
        let (simulation, banned) = try Self.run { DiscoverySpam() }
        #expect(Self.lowest(simulation) >= 20)
        #expect(banned.isEmpty)
        let received = simulation.nodes.prefix(8).map(\.traffic.datagramsReceived)
        #expect(received.allSatisfy { $0 > 500 }, "\(received)")
        // Nobody who didn't answer a ping is in a table.
        #expect(simulation.nodes.prefix(8).allSatisfy { ($0.core.discoveryTable?.count ?? 0) <= 9 })
    }
}
