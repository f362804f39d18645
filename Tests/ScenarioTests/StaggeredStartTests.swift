import EthNode
import NodeCore
import Primitives
import SansIO
import Simulator
import Storage
import Testing

/// Whoever seals while another joins must tell it so: else each has a first block of its own, waits for the other's, and
/// the chain stands still, in some of the starts.
@Suite("Signers that don't start at the same moment")
struct StaggeredStartTests {
    private static let blocks: UInt64 = 10
    /// A block a second, and time for those to meet that start before the one that they know.
    private static let limit = Duration.seconds(30)

    @Test("signers of three, started at random within a second, reach block 10", arguments: [2, 3])
    func start(nodes: Int) throws {
        for seed in 1...24 as ClosedRange<UInt64> {
            let network = Network(nodes: 3, signers: 3, period: 1)
            let simulation = Simulation(seed: seed)
            var random = NodeRandom(seed: seed, stream: 9)
            let starts = (0..<nodes).map { _ in Int64.random(in: 0...1_000, using: &random) }
            var waited: Int64 = 0
            for index in starts.indices.sorted(by: { (starts[$0], $0) < (starts[$1], $1) }) {
                simulation.run(for: .milliseconds(starts[index] - waited))
                waited = starts[index]
                try simulation.add(network.configuration(index))
            }
            let isReached = simulation.run(
                until: { $0.nodes.allSatisfy { $0.chain.status.head.number >= Self.blocks } }, limit: Self.limit)
            let heads = simulation.nodes.map { "\($0.chain.status.head.number)/\($0.core.status.peerCount)" }
            #expect(isReached, "seed \(seed), starts after \(starts) ms: heads and peers \(heads)")
            #expect(Set(try simulation.nodes.map { try $0.canonicalHash(Self.blocks - 2) }).count == 1)
        }
    }
}
