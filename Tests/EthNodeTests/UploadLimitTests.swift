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

/// A node with an upload limit between a peer that never has enough and one that waits for new blocks.
@Suite("Upload limit in virtual time")
struct UploadLimitTests {
    private static let start = Instant(unixSeconds: 1_760_000_000)
    private static let eth69 = 1
    private static let blocks = 2
    private static let period = 5

    /// What has left the node with the limit.
    private final class Meter {
        var bytes = 0
        var answers = 0
        var emptyAnswers = 0
        var blocks = 0
    }

    private static func node(
        _ key: PrivateKey, _ genesis: Genesis, limit: Int64?, sealing: Bool
    ) throws -> NodeCore {
        var configuration = ChainNodeConfiguration(
            key: key, clientID: "test", genesis: genesis, networkID: 7,
            engine: try #require(CliqueEngine(chainConfig: genesis.config)), executor: TransferExecutor(),
            advertisedIP: .loopback, udpPort: 30303, tcpPort: 30303)
        configuration.node.discoveryEnabled = false
        configuration.chain.sealingKey = sealing ? key : nil
        if let limit { configuration.node.uploadLimits = [try #require(UploadLimit(bytesPerSecond: limit))] }
        return try NodeCore(
            configuration, store: MemoryStore(), random: NodeRandom(seed: 1), now: Self.start)
    }

    /// The first node seals and is limited; what it answers the second is measured and goes no further; the third is
    /// told of new blocks.
    private static func network(limit: Int64?, _ meter: Meter) throws -> HandWire {
        let keys = try (1...3).map { try PrivateKey([UInt8](repeating: $0, count: 32)) }
        var genesis = Genesis.devnet(signers: [keys[0].publicKey.address], period: UInt64(period), chainID: 7)
        genesis.timestamp = start.unixSeconds
        let nodes = try keys.enumerated().map { index, key in
            try node(key, genesis, limit: index == 0 ? limit : nil, sealing: index == 0)
        }
        var wire = try HandWire(nodes, keys: keys, now: start)
        wire.arrives = { from, to, message in
            guard from == 0 else { return true }
            meter.bytes += message.frameBytes
            if message.capability == blocks, message.id == BlocksMessageID.compactBlock.rawValue { meter.blocks += 1 }
            guard to == 1, message.uploadClass == .serving else { return true }
            meter.answers += 1
            if message.payload.count < 16 { meter.emptyAnswers += 1 }
            return false
        }
        try wire.connect(0, 1, sharing: [eth69])
        try wire.connect(0, 2, sharing: [eth69, blocks])
        return wire
    }

    /// A transaction with 30,000 bytes that don't compress.
    private static func transaction(_ nonce: UInt64) -> NodeInput {
        var random = NodeRandom(seed: nonce)
        let transaction = LegacyTransaction(
            nonce: nonce, gasPrice: 10_000_000_000, gasLimit: 1_000_000, to: DevAccounts.address(9), value: 1,
            data: random.bytes(30_000)
        ).signed(by: DevAccounts.key(0), chainID: 7)
        return .submit(transaction, ticket: nonce)
    }

    private static func ask(_ id: Int, for body: Hash32, _ wire: inout HandWire) throws {
        // Some 1.9 MB.
        let request = EthMessage.getBlockBodies(requestID: UInt64(id), Array(repeating: body, count: 64))
        try wire.inject(OutboundMessage(request, version: .eth69, capability: eth69), from: 1, to: 0)
    }

    /// Lets somebody ask without end, three requests at a time, and checks at each step that new blocks arrive at once.
    private static func demand(for seconds: Int, _ wire: inout HandWire, _ meter: Meter) throws {
        try wire.handle(transaction(0), at: 0)
        try wire.run(for: .seconds(period))
        let body = wire.nodes[0].ethNode.status.head.hash
        #expect(wire.nodes[0].ethNode.status.head.header.gasUsed > 400_000)
        (meter.bytes, meter.answers, meter.blocks) = (0, 0, 0)
        var asked = 0
        for step in 0..<(100 * seconds) {
            // Without a limit each is answered at once.
            for _ in 0..<(meter.answers + 3 - asked) {
                asked += 1
                try ask(asked, for: body, &wire)
            }
            if step % (100 * period) == 100 * period / 2 {
                try wire.handle(transaction(UInt64(1 + step / (100 * period))), at: 0)
            }
            try wire.run(for: .milliseconds(10))
            #expect(
                wire.nodes[2].ethNode.status.head.number == wire.nodes[0].ethNode.status.head.number,
                "after \(step)0 ms")
        }
    }

    @Test("60 s against a peer that asks without end: within 5 % of 500 kB/s, and new blocks go out at once")
    func withinFivePercent() throws {
        let meter = Meter()
        var wire = try Self.network(limit: 500_000, meter)
        let before = wire.nodes[0].uploadStatus
        #expect(before.used(.serving).bytes == 0)
        try Self.demand(for: 60, &wire, meter)
        let limit = 60 * 500_000
        #expect(meter.bytes < limit + limit / 20, "\(meter.bytes)")
        #expect(meter.bytes > limit - limit / 20, "\(meter.bytes)")
        #expect(meter.blocks == 12)

        let status = wire.nodes[0].uploadStatus
        // The new blocks' transactions, which both peers fetch, and compact blocks; all the rest was left for serving.
        #expect(status.used(.relay).bytes > 12 * 55_000 && status.used(.relay).bytes < 13 * 75_000)
        #expect(status.used(.serving).bytes > 28_000_000)
        #expect(status.heldBack.relayDelayed == 0 && status.heldBack.relayDropped == 0)
        #expect(status.heldBack.answersLimited > 50 && status.heldBack.answersEmptied == 0)
    }

    @Test("without a limit the same peer gets several times as much")
    func unlimited() throws {
        let meter = Meter()
        var wire = try Self.network(limit: nil, meter)
        try Self.demand(for: 1, &wire, meter)
        #expect(meter.bytes > 10 * 500_000)
        #expect(wire.nodes[0].uploadStatus.heldBack == UploadStatus.HeldBack())
    }

    @Test("a node that can relay, and little more, answers with nothing, and everybody still gets every block")
    func littleMoreThanRelaying() throws {
        let meter = Meter()
        // A transaction of 30 kB every five seconds for each peer, and nothing to spare for those who ask. The block costs
        // next to nothing: it goes compact.
        var wire = try Self.network(limit: 13_000, meter)
        try wire.handle(Self.transaction(0), at: 0)
        try wire.run(for: .seconds(Self.period))
        let body = wire.nodes[0].ethNode.status.head.hash
        var asked = 0
        meter.bytes = 0
        for step in 0..<600 {
            for _ in 0..<(meter.answers + 4 - asked) {
                asked += 1
                try Self.ask(asked, for: body, &wire)
            }
            if step % 50 == 25 { try wire.handle(Self.transaction(UInt64(1 + step / 50)), at: 0) }
            try wire.run(for: .milliseconds(100))
        }
        #expect(Double(meter.bytes) < 1.05 * 60 * 13_000, "\(meter.bytes)")
        #expect(Double(meter.bytes) > 0.95 * 60 * 13_000, "\(meter.bytes)")
        let status = wire.nodes[0].uploadStatus
        #expect(status.heldBack.blocksAnnouncedOnly == 0 && meter.blocks >= 12)
        // Each request was answered, most of them with nothing.
        #expect(status.heldBack.answersEmptied > 20)
        #expect(meter.emptyAnswers == Int(status.heldBack.answersEmptied))
        #expect(asked - meter.answers <= 4)
        #expect(wire.nodes[0].ethNode.status.head.number >= 12)
        #expect(wire.nodes[2].ethNode.status.head.number + 1 >= wire.nodes[0].ethNode.status.head.number)
    }
}
