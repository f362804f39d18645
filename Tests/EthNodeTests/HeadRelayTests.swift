import Chain
import Consensus
import DevP2P
import EthCrypto
import EthNode
import EthWire
import Execution
import KeyValue
import NodeCore
import Primitives
import SansIO
import Storage
import Testing

/// How a new block goes on from a node that didn't get it pushed.
@Suite("Relaying of heads")
struct HeadRelayTests {
    private static let eth68 = 0
    private static let eth69AndBlocks = [1, 2]

    /// A signer, a node in the middle that has only `eth/68` in common with it, and one behind that.
    private func line() throws -> HandWire {
        let now = Instant(unixSeconds: 1_760_000_000)
        let keys = try (1...3).map { try PrivateKey([UInt8](repeating: $0, count: 32)) }
        var genesis = Genesis.devnet(signers: [keys[0].publicKey.address], period: 10, chainID: 7)
        genesis.timestamp = now.unixSeconds
        let nodes = try keys.indices.map { index in
            var configuration = ChainNodeConfiguration(
                key: keys[index], clientID: "test", genesis: genesis, networkID: 7,
                engine: try #require(CliqueEngine(chainConfig: genesis.config)), executor: TransferExecutor(),
                advertisedIP: .loopback, udpPort: 30303, tcpPort: 30303)
            configuration.node.discoveryEnabled = false
            configuration.chain.sealingKey = index == 0 ? keys[0] : nil
            return try NodeCore(
                configuration, store: MemoryStore(), random: NodeRandom(seed: UInt64(index)), now: now)
        }
        var wire = try HandWire(nodes, keys: keys, now: now)
        try wire.connect(0, 1, sharing: [Self.eth68])
        try wire.connect(1, 2, sharing: Self.eth69AndBlocks)
        return wire
    }

    @Test("a pushed block goes on at once")
    func pushed() throws {
        var wire = try line()
        try wire.run(for: .seconds(11))
        #expect(wire.nodes.map(\.ethNode.status.head.number) == [1, 1, 1])
    }

    /// go-ethereum pushes a block to a few of its peers on eth/68; the others get the hash.
    @Test("of a block the hash is enough, here and behind")
    func onlyHash() throws {
        var wire = try line()
        let newBlock = EthMessageID.newBlock.rawValue
        wire.arrives = { _, _, message in message.capability != Self.eth68 || message.id != newBlock }
        try wire.run(for: .seconds(11))
        #expect(wire.nodes.map(\.ethNode.status.head.number) == [1, 0, 0])

        let block = BlockAnnouncement(hash: wire.nodes[0].ethNode.status.head.hash, number: 1)
        let message = OutboundMessage(.newBlockHashes([block]), version: .eth68, capability: Self.eth68)
        try wire.inject(message, from: 0, to: 1)
        #expect(wire.nodes[1].ethNode.status.head.number == 0)
        try wire.run(for: .milliseconds(500))
        #expect(wire.nodes.map(\.ethNode.status.head.number) == [1, 1, 1])
    }
}
