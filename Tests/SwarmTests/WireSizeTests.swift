import Chain
import DevP2P
import Discovery
import EthCrypto
import Gossip
import Primitives
import RLP
import SansIO
import Testing

@testable import Swarm

/// The modelled sizes against what the real encoders make.
@Suite("Sizes of messages")
struct WireSizeTests {
    private let expiration: UInt64 = 1_760_000_000

    @Test func questionsAndAnswersAreThoseOfDiscv4() {
        var random = NodeRandom(seed: 1)
        let key = PrivateKey.generate(using: &random)
        func size(_ packet: PacketV4) -> Int { EnvelopeV4.seal(packet, by: key).datagram.count + WireSizes.udp }
        #expect(size(.findNode(.init(target: key.publicKey, expiration: expiration))) == WireSizes.findNode)
        let node = PacketV4.Node(
            endpoint: EndpointV4(ip: .v4(0xC0A8_0001), udpPort: 30_303, tcpPort: 30_303), publicKey: key.publicKey)
        for count in [1, 4, 12] {
            let packet = PacketV4.neighbors(
                .init(nodes: [PacketV4.Node](repeating: node, count: count), expiration: expiration))
            #expect(abs(size(packet) - WireSizes.neighbors(count)) <= 2, "\(count) nodes: \(size(packet))")
        }
        #expect(WireSizes.neighbors(16) == WireSizes.neighbors(12) + WireSizes.neighbors(4))
    }

    @Test func compactBlocksAreThoseOfTheWire() {
        var random = NodeRandom(seed: 2)
        let key = PrivateKey.generate(using: &random)
        let transactions = (0..<200).map { nonce in
            DynamicFeeTransaction(
                chainID: 1_337, nonce: 1_000 + UInt64(nonce), maxPriorityFeePerGas: 1_000_000_000,
                maxFeePerGas: 10_000_000_000, gasLimit: 21_000, to: Address(), value: 1_000_000_000_000_000_000,
                data: []
            ).signed(by: key)
        }
        let block = Block(header: Header(), body: BlockBody(transactions: transactions))
        var writer = RLPWriter()
        writer.write(block.header)
        let header = writer.bytes.count
        let bytes = transactions.reduce(0) { $0 + $1.size } / transactions.count
        let load = BlockLoad(
            blockBytes: BlockLoad.headerBytes + 200 * bytes, transactionBytes: bytes, poolShare: 1, freshShare: 0,
            seed: 1)
        #expect(load.transactionCount == 200)
        let demand = RepairDemand(limits: BlockGossipLimits())
        for count in [0, 20] {
            let compact = CompactBlock(
                block, totalDifficulty: 1, nonce: random.next(), prefilled: Array(0..<count), demand: demand)
            let named = 200 - count
            let repair = demand.size(transactions: named, parts: named * load.partsPerTransaction)
            #expect(repair != nil)
            var writer = RLPWriter()
            BlocksMessage.compactBlock(compact).encode(into: &writer)
            let expected =
                WireSizes.compactBlock(load, prefilled: count, repair: repair) - BlockLoad.headerBytes
            let actual = writer.bytes.count - header
            // Every transaction has a head of its own in the list, which the model counts as its largest.
            #expect(abs(actual - expected) <= 40 + count, "\(count) sent along: \(actual) for \(expected)")
        }
    }
}
