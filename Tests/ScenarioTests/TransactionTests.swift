import Chain
import EthCrypto
import EthNode
import Execution
import NodeCore
import Primitives
import SansIO
import Simulator
import Storage
import Testing

@Suite("Transactions in virtual time")
struct TransactionTests {
    static func transfer(_ nonce: UInt64, from key: PrivateKey, to recipient: Address, chainID: UInt64) -> Transaction {
        DynamicFeeTransaction(
            chainID: chainID, nonce: nonce, maxPriorityFeePerGas: 1_000_000_000, maxFeePerGas: 30_000_000_000,
            gasLimit: 21_000, to: recipient, value: 1_000
        ).signed(by: key)
    }

    /// Every node gets every transaction into the same blocks, and the recipient has the sum everywhere.
    @Test func transfersReachEveryNode() throws {
        let network = Network(nodes: 8, signers: 3)
        let simulation = Simulation(seed: 3)
        for index in 0..<8 { try simulation.add(network.configuration(index)) }
        simulation.run(for: .seconds(6))
        let recipient = Address(lastBytesOf: Keccak256.hash("recipient".utf8))
        for nonce in UInt64(0)..<50 {
            let transaction = Self.transfer(nonce, from: network.accounts[0], to: recipient, chainID: 4242)
            simulation.handle(.submit(transaction), at: simulation.nodes[7])
            simulation.run(for: .milliseconds(20))
        }
        let everywhere = simulation.run(
            until: { $0.nodes.allSatisfy { (try? Self.balance(of: recipient, at: $0)) == 50_000 } }, limit: .seconds(60)
        )
        #expect(everywhere)
        for node in simulation.nodes { #expect(node.chain.status.pendingCount == 0) }
    }

    /// A crashed node comes back on its store and has what the others have.
    @Test(arguments: [UInt64(1), 2, 3])
    func crashedNodeCatchesUp(seed: UInt64) throws {
        let network = Network(nodes: 5, signers: 5)
        let simulation = Simulation(seed: seed)
        for index in 0..<5 { try simulation.add(network.configuration(index)) }
        let isUp = simulation.run(
            until: { $0.nodes.allSatisfy { $0.chain.status.head.number >= 5 } }, limit: .seconds(60))
        #expect(isUp)
        let victim = simulation.nodes[Int(seed)]
        simulation.crash(victim)
        simulation.run(for: .seconds(40))
        try simulation.restart(victim)
        let goal = simulation.nodes[0].chain.status.head.number
        let isBack = simulation.run(until: { _ in victim.chain.status.head.number > goal }, limit: .seconds(60))
        #expect(isBack, "it is at \(victim.chain.status.head.number), the others at \(goal) and more")
        simulation.run(for: .seconds(1))
        for number in 0...goal {
            let hashes = Set(try simulation.nodes.map { try $0.canonicalHash(number) })
            #expect(hashes.count == 1, "block \(number)")
        }
    }

    static func balance(of address: Address, at node: SimulatedNode) throws -> UInt256 {
        var state = WorldState(root: node.chain.status.head.stateRoot, chain: ChainStore(node.store))
        return try state.account(address)?.balance ?? 0
    }
}
