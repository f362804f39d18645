import Chain
import Consensus
import EthCrypto
import EthNode
import Execution
import KeyValue
import NodeCore
import Primitives
import SansIO
import Storage
import Testing

@Suite("When a node seals")
struct SealingTests {
    private let start = Instant(unixSeconds: 1_760_000_000)

    /// One node that seals a block as soon as there is a transaction (period 0), at its genesis.
    private func onDemand() throws -> (HandWire, PrivateKey) {
        let key = try PrivateKey([UInt8](repeating: 1, count: 32))
        var genesis = Genesis.devnet(signers: [key.publicKey.address], period: 0, chainID: 7)
        genesis.timestamp = start.unixSeconds
        let funds = GenesisAccount(balance: 1_000_000_000_000_000_000)
        genesis.setAlloc([GenesisAllocation(address: key.publicKey.address, account: funds)])
        var configuration = ChainNodeConfiguration(
            key: key, clientID: "test", genesis: genesis, networkID: 7,
            engine: try #require(CliqueEngine(chainConfig: genesis.config)), executor: TransferExecutor(),
            advertisedIP: .loopback, udpPort: 0, tcpPort: 30303)
        configuration.node.discoveryEnabled = false
        configuration.chain.sealingKey = key
        let node = try NodeCore(
            configuration, store: MemoryStore(), random: NodeRandom(seed: 1), now: start)
        return (try HandWire([node], keys: [key], now: start), key)
    }

    private func transfer(_ nonce: UInt64, _ key: PrivateKey) -> NodeInput {
        let transaction = LegacyTransaction(
            nonce: nonce, gasPrice: 10_000_000_000, gasLimit: 21_000, to: key.publicKey.address, value: 1
        ).signed(by: key, chainID: 7)
        return .submit(transaction, ticket: nonce)
    }

    @Test("on demand a transaction is sealed at once, with the time of that moment")
    func atOnce() throws {
        var (wire, key) = try onDemand()
        try wire.run(for: .milliseconds(60_100))
        #expect(wire.nodes[0].ethNode.status.head.number == 0)
        try wire.handle(transfer(0, key), at: 0)
        try wire.run(for: .milliseconds(1))
        #expect(wire.nodes[0].ethNode.status.head.number == 1)
        #expect(wire.nodes[0].ethNode.status.head.timestamp == start.unixSeconds + 60)
    }

    /// Peers may bring transactions in another order than that of their nonces.
    @Test("a transaction that waits for another one is no end of sealing")
    func nothingToExecute() throws {
        var (wire, key) = try onDemand()
        try wire.handle(transfer(1, key), at: 0)
        try wire.run(for: .seconds(5))
        #expect(wire.nodes[0].ethNode.status.head.number == 0)
        try wire.handle(transfer(0, key), at: 0)
        try wire.run(for: .milliseconds(1))
        #expect(wire.nodes[0].ethNode.status.head.number == 1)
        #expect(wire.nodes[0].ethNode.status.head.header.gasUsed == 42_000)
    }

    @Test("a seal that fails is tried again after a second, and told of each time")
    func retry() throws {
        let signer = try Forge.signer()
        let store = FailingStore()
        var stage = try Stage(Forge.genesis(), store: store) { $0.chain.sealingKey = signer }
        store.fails = true
        stage.run(for: .milliseconds(2_500))
        func failures() -> Int { stage.events.count { if case .sealingFailed? = $0.ofChain { true } else { false } } }
        #expect(stage.head == 0 && failures() == 3)
        store.fails = false
        stage.run(for: .milliseconds(600))
        #expect(stage.head > 0 && failures() == 3)
        #expect(stage.events.contains { if case .sealed(_, 0, inTurn: true)? = $0.ofChain { true } else { false } })
    }
}
