import Chain
import Consensus
import DevP2P
import EthCrypto
import EthNode
import EthWire
import Execution
import Gossip
import KeyValue
import NodeCore
import Primitives
import SansIO
import Storage
import Testing

/// A block that is sealed while a peer joins, in every order of the two, and blocks that were lost.
@Suite("Rules: heads that peers don't know of")
struct JoiningTests {
    private func signing() throws -> Stage {
        var stage = try Stage(Forge.genesis(period: 10)) { $0.chain.sealingKey = try? Forge.signer() }
        while stage.head == 0 { stage.run(for: .milliseconds(100)) }
        stage.run(for: .seconds(9))
        stage.clear()
        return stage
    }

    private func seal(_ stage: inout Stage) {
        let before = stage.head
        while stage.head == before { stage.run(for: .milliseconds(100)) }
    }

    /// The newest block that a peer was told of by `eth`.
    private func told(_ stage: Stage, _ peer: Int) -> [UInt64] {
        stage.eth(to: peer).flatMap { message -> [UInt64] in
            switch message {
            case .blockRangeUpdate(let range): [range.latest]
            case .newBlockHashes(let blocks): blocks.map(\.number)
            default: []
            }
        }
    }

    @Test("who sealed between its own Status and the peer's tells of the block", arguments: [Stage.eth68, Stage.eth69])
    func betweenStatuses(version: Int) throws {
        var stage = try signing()
        try stage.join(1, sharing: [version], beforeStatus: seal)
        #expect(told(stage, 1) == [2])
        #expect(stage.ids(to: 1) == [.status, version == Stage.eth68 ? .newBlockHashes : .blockRangeUpdate])
    }

    @Test("whom blocks/1 is shared with too is told there, unless it understands a range")
    func blocksShared() throws {
        var stage = try signing()
        try stage.join(1, sharing: [Stage.eth69, Stage.blocks], beforeStatus: seal)
        #expect(told(stage, 1) == [2] && stage.announced(to: 1).isEmpty)

        stage = try signing()
        try stage.join(1, sharing: [Stage.eth68, Stage.blocks], beforeStatus: seal)
        #expect(told(stage, 1).isEmpty && stage.announced(to: 1) == [2])
    }

    @Test("where nothing has moved Status is enough", arguments: [Stage.eth68, Stage.eth69])
    func unmoved(version: Int) throws {
        var stage = try signing()
        try stage.join(1, sharing: [version, Stage.blocks])
        #expect(told(stage, 1).isEmpty && stage.announced(to: 1).isEmpty)
    }

    @Test("who shares blocks/1 without eth has said nothing of its chain, and is told of the head once")
    func withoutStatus() throws {
        var stage = try signing()
        try stage.join(1, sharing: [Stage.blocks])
        #expect(stage.announced(to: 1) == [1])
    }

    @Test("when nothing new comes, peers that may not have the head are told again, ever less often")
    func reminders() throws {
        let forge = try Forge(Forge.genesis(period: 10), blocks: 1)
        var stage = try Stage(forge.genesis)
        stage.servers = [1: (forge.store, 100)]
        try stage.join(1, sharing: [Stage.eth69], head: forge.heads[0])
        try stage.join(2, sharing: [Stage.eth69])
        stage.run(for: .seconds(19))
        #expect(stage.head == 1)
        stage.clear()
        stage.run(for: .seconds(2))
        #expect(told(stage, 1).isEmpty, "it has the head")
        #expect(told(stage, 2) == [1])
        stage.run(for: .seconds(3_600))
        #expect((10...16).contains(told(stage, 2).count))
    }

    /// Two of three signers, connected after the first of them has waited for a while; blocks that are sent at once are lost
    /// for so long.
    private func heads(seed: UInt64, offset: Int64, loss: Int64) throws -> [UInt64] {
        let start = Instant(unixSeconds: 1_760_000_000)
        let keys = try (1...3).map { try PrivateKey([UInt8](repeating: $0, count: 32)) }
        let genesis = try Forge.genesis(signers: keys, period: 1)
        let nodes = try (0..<2).map { index in
            var configuration = ChainNodeConfiguration(
                key: keys[index], clientID: "test", genesis: genesis, networkID: 7,
                engine: try #require(CliqueEngine(chainConfig: genesis.config)), executor: TransferExecutor(),
                advertisedIP: .loopback, udpPort: 30303, tcpPort: 30303)
            configuration.node.discoveryEnabled = false
            configuration.chain.sealingKey = keys[index]
            return try NodeCore(
                configuration, store: MemoryStore(),
                random: NodeRandom(seed: seed, stream: UInt64(index)), now: start)
        }
        var wire = try HandWire(nodes, keys: Array(keys.prefix(2)), now: start)
        try wire.run(for: .milliseconds(offset))
        wire.arrives = { _, _, message in
            message.capability == Stage.blocks
                ? message.id < BlocksMessageID.want.rawValue : message.id != EthMessageID.blockRangeUpdate.rawValue
        }
        try wire.connect(0, 1, sharing: [1, Stage.blocks])
        try wire.run(for: .milliseconds(loss))
        wire.arrives = { _, _, _ in true }
        try wire.run(for: .seconds(25))
        return wire.nodes.map(\.ethNode.status.head.number)
    }

    @Test("two of three signers go on whatever was lost while they met", arguments: 1...100 as ClosedRange<UInt64>)
    func signers(seed: UInt64) throws {
        let heads = try heads(seed: seed, offset: Int64(seed * 37 % 2_000), loss: Int64(seed * 53 % 3_000))
        #expect(heads.min() ?? 0 >= 10, "\(heads)")
    }
}
