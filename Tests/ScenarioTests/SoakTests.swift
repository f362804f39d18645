import EthNode
import Foundation
import NodeCore
import Primitives
import SansIO
import Simulator
import Storage
import Testing

@Suite("Long runs", .enabled(if: ProcessInfo.processInfo.environment["STARLING_LONG"] != nil, "only with --long"))
struct SoakTests {
    /// Nodes crash and come back at random for twenty minutes of virtual time; then all of them must agree.
    @Test(arguments: [UInt64(11), 12, 13])
    func crashesAndReturns(seed: UInt64) throws {
        let network = Network(nodes: 12, signers: 7)
        let simulation = Simulation(seed: seed)
        for index in 0..<12 { try simulation.add(network.configuration(index)) }
        var random = NodeRandom(seed: seed, stream: 99)
        var down: [SimulatedNode] = []
        for _ in 0..<120 {
            simulation.run(for: .seconds(10))
            // At most three of twelve are down, so that enough signers are left.
            if down.count == 3 || (!down.isEmpty && Bool.random(using: &random)) {
                try simulation.restart(down.removeFirst())
            } else {
                let up = simulation.nodes.filter(\.isRunning)
                let victim = up[Int.random(in: 0..<up.count, using: &random)]
                simulation.crash(victim)
                down.append(victim)
            }
        }
        for node in down { try simulation.restart(node) }
        simulation.run(for: .seconds(60))
        let lowest = simulation.nodes.map(\.chain.status.head.number).min() ?? 0
        #expect(lowest > 300, "heights: \(simulation.nodes.map(\.chain.status.head.number))")
        for number in stride(from: 0, through: lowest - 2, by: 1) {
            #expect(Set(try simulation.nodes.map { try $0.canonicalHash(number) }).count == 1, "block \(number)")
        }
    }
}
