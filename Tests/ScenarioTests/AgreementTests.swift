import Discovery
import EthNode
import NodeCore
import Primitives
import SansIO
import Simulator
import Storage
import Testing

@Suite("Whole nodes in virtual time")
struct AgreementTests {
    /// Starts all nodes within the first second, and runs until every one has a block, or gives up.
    static func run(
        nodes: Int, signers: Int, seed: UInt64, until block: UInt64, crypto: Simulation.Crypto = .real
    ) throws -> (Simulation, Bool) {
        let network = Network(nodes: nodes, signers: signers)
        let simulation = Simulation(seed: seed, crypto: crypto)
        for index in 0..<nodes {
            try simulation.add(network.configuration(index))
            simulation.run(for: .milliseconds(10))
        }
        let reached = simulation.run(
            until: { $0.nodes.allSatisfy { $0.chain.status.head.number >= block } }, limit: .seconds(120))
        return (simulation, reached)
    }

    @Test func fourNodesAgree() throws {
        let (simulation, reached) = try Self.run(nodes: 4, signers: 4, seed: 1, until: 10)
        let heights = simulation.nodes.map { "\($0.chain.status.head.number)/\($0.core.status.peerCount)" }
        #expect(reached, "heights and peers: \(heights)")
        let hashes = Set(try simulation.nodes.map { try $0.canonicalHash(8) })
        #expect(hashes.count == 1)
    }

    @Test func hundredNodesAgreeAndTheRunRepeats() throws {
        let (first, reached) = try Self.run(nodes: 100, signers: 5, seed: 7, until: 5)
        #expect(reached, "heights: \(first.nodes.map(\.chain.status.head.number))")
        let hashes = Set(try first.nodes.map { try $0.canonicalHash(4) })
        #expect(hashes.count == 1)
        #expect(first.nodes.allSatisfy { $0.core.status.peerCount >= 3 })
        let (second, _) = try Self.run(nodes: 100, signers: 5, seed: 7, until: 5)
        #expect(first.trace.hash == second.trace.hash)
        #expect(first.trace.count == second.trace.count)
    }

    @Test("without crypto the same nodes do the same; discovery packets and frames keep their sizes")
    func plain() throws {
        let (first, reached) = try Self.run(nodes: 12, signers: 3, seed: 7, until: 8, crypto: .plain)
        #expect(reached, "heights: \(first.nodes.map(\.chain.status.head.number))")
        #expect(Set(try first.nodes.map { try $0.canonicalHash(6) }).count == 1)
        #expect(first.nodes.allSatisfy { ($0.core.discoveryTable?.count ?? 0) >= 6 })
        let (second, _) = try Self.run(nodes: 12, signers: 3, seed: 7, until: 8, crypto: .plain)
        #expect(first.trace.hash == second.trace.hash)
        let (real, _) = try Self.run(nodes: 12, signers: 3, seed: 7, until: 8)
        #expect(real.trace.hash != first.trace.hash)
        let plainBytes = Double(first.nodes.map(\.traffic.bytesSent).reduce(0, +))
        let realBytes = Double(real.nodes.map(\.traffic.bytesSent).reduce(0, +))
        #expect((0.8...1.2).contains(plainBytes / realBytes), "\(plainBytes) to \(realBytes)")
    }

    @Test func anotherSeedIsAnotherRun() throws {
        let (first, _) = try Self.run(nodes: 4, signers: 2, seed: 1, until: 3)
        let (second, _) = try Self.run(nodes: 4, signers: 2, seed: 2, until: 3)
        #expect(first.trace.hash != second.trace.hash)
    }
}
