import Chain
import DevP2P
import EthWire
import Gossip
import Primitives
import RLP
import SansIO
import Testing

extension BlockGossipMessage {
    var payload: [UInt8] {
        var writer = RLPWriter()
        encode(into: &writer)
        return writer.bytes
    }
}

@Suite struct BlockGossipMessageTests {
    static let wallet = Wallet(1)

    static var messages: [BlockGossipMessage] {
        let block = GossipBlock(block: makeBlock(7, [wallet.transfer(0)]), totalDifficulty: 14)
        let empty = GossipBlock(block: makeBlock(8), totalDifficulty: .max)
        let hash = block.block.hash
        return [
            .newBlockHashes([.init(hash: hash, number: 7), .init(hash: Hash32(), number: .max)]), .newBlock(block),
            .getBlocks(requestID: 3, [hash, Hash32()]), .blocks(requestID: .max, EncodedList([block, empty])),
            .newBlockHashes([]), .getBlocks(requestID: 0, []), .blocks(requestID: 0, EncodedList([GossipBlock]())),
        ]
    }

    @Test func roundTripsAndDamage() throws {
        for message in Self.messages {
            let bytes = message.payload
            let again = try BlockGossipMessage(id: message.id, payload: bytes[...])
            #expect(again.payload == bytes)
            if case .blocks(_, let list) = again {
                #expect(try list.decoded().map(\.block.number) == (list.isEmpty ? [] : [7, 8]))
            }
            for count in bytes.indices {
                #expect(throws: WireError.self) { try BlockGossipMessage(id: message.id, payload: bytes[..<count]) }
            }
            for bit in 0..<bytes.count * 8 {
                var flipped = bytes
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                let damaged = try? BlockGossipMessage(id: message.id, payload: flipped[...])
                if case .blocks(_, let list) = damaged { _ = try? list.decoded() }
            }
        }
    }

    @Test func noiseAndUnknownIDs() {
        var random = NodeRandom(seed: 2)
        for length in 0..<300 {
            let noise = random.bytes(length)
            for id in UInt8(0)..<4 { _ = try? BlockGossipMessage(id: id, payload: noise[...]) }
        }
        #expect(throws: WireError.unknownMessageID(4)) { try BlockGossipMessage(id: 4, payload: [0xc0]) }
        #expect(BlockGossip.descriptor.messageCount == 4 && BlockGossip.name.description == "gossip/1")
    }

    @Test func countsAreLimited() {
        let announcement = BlockAnnouncement(hash: Hash32(), number: 1)
        let rows: [(BlockGossipMessage, Int)] = [
            (.newBlockHashes([BlockAnnouncement](repeating: announcement, count: 257)), 256),
            (.getBlocks(requestID: 1, [Hash32](repeating: Hash32(), count: 17)), 16),
            (.blocks(requestID: 1, EncodedList(encoded: [[UInt8]](repeating: [0x80], count: 17))), 16),
        ]
        for (message, limit) in rows {
            #expect(throws: WireError.limitExceeded(limit: limit)) {
                try BlockGossipMessage(id: message.id, payload: message.payload[...])
            }
        }
    }

    @Test func aBlockOfTooManyTransactionsIsNotDecoded() {
        var writer = RLPWriter()
        writer.list { list in
            list.list { block in
                block.write(Header())
                block.list { for _ in 0..<65_537 { $0.write(UInt64(0)) } }
                block.writeEmptyList()
            }
            list.write(UInt64(1))
        }
        #expect(throws: WireError.limitExceeded(limit: 65_536)) {
            try BlockGossipMessage(id: 1, payload: writer.bytes[...])
        }
    }
}
