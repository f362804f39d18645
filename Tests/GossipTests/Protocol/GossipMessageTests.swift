import Chain
import DevP2P
import EthWire
import Primitives
import RLP
import SansIO
import Testing

@testable import Gossip

@Suite("The messages of gossip/1")
struct GossipMessageTests {
    static let wallet = Wallet(1)

    static var messages: [GossipMessage] {
        let transactions = (0..<4).map { wallet.transfer($0) }
        let block = GossipBlock(block: makeBlock(7, [transactions[0]]), totalDifficulty: 14)
        let empty = GossipBlock(block: makeBlock(8), totalDifficulty: .max)
        let hash = block.block.hash
        let ids = [TopicMessageID(prefixOf: hash), TopicMessageID(1, 2)]
        let contacts = [
            GossipContact(endpoint: Endpoint(ip: .loopback, port: 30303), publicKey: makePeer(1).publicKey),
            GossipContact(endpoint: Endpoint(ip: .v6(1, 2), port: 0), publicKey: makePeer(2).publicKey),
        ]
        let rich = makeBlock(9, transactions)
        let modern = Block(
            header: rich.header,
            body: BlockBody(
                transactions: transactions, ommers: [rich.header],
                withdrawals: [Withdrawal(index: 1, validatorIndex: 2, address: Address(), amount: 3)]))
        // Sums even for a block of four small transactions.
        var eager = BlockGossipLimits()
        eager.minRepaired = 0
        return [
            .subscribe([.init(number: 0, topic: Topic("a")), .init(number: .max, topic: TopicGossip.blockTopic)]),
            .subscribe([]), .unsubscribe([0, 63, .max]), .unsubscribe([]), .graft([1]), .graft([0, 1]),
            .prune(TopicPrune(topic: 3, seconds: 60, contacts: contacts)), .prune(TopicPrune(topic: 0, seconds: 0)),
            .have(topic: 9, ids), .have(topic: 0, []), .want(ids), .want([]), .dontWant(ids),
            .publish(topic: 4, [1, 2, 3]), .publish(topic: 0, []), .publish(topic: 0, [5]),
            .newBlockHashes([.init(hash: hash, number: 7), .init(hash: Hash32(), number: .max)]), .newBlockHashes([]),
            .compactBlock(CompactBlock(rich, totalDifficulty: 5, nonce: .max, prefilled: [0, 3])),
            .compactBlock(CompactBlock(modern, totalDifficulty: 5, nonce: 0)),
            .compactBlock(CompactBlock(modern, totalDifficulty: 5, nonce: 2, demand: RepairDemand(limits: eager))),
            .compactBlock(CompactBlock(makeBlock(1), totalDifficulty: .max, nonce: 1)),
            .getBlockTransactions(requestID: 3, hash, BlockPlaces([0, 1, 65_535])),
            .blockTransactions(requestID: 4, EncodedList(transactions)),
            .blockTransactions(requestID: .max, EncodedList([Transaction]())),
            .getBlocks(requestID: 3, [hash, Hash32()]), .blocks(requestID: .max, EncodedList([block, empty])),
            .getBlocks(requestID: 0, []), .blocks(requestID: 0, EncodedList([GossipBlock]())),
        ]
    }

    /// Looks at all that a message holds, as its receiver would.
    func read(_ message: GossipMessage) {
        switch message {
        case .compactBlock(let block):
            var form = try? CompactForm(block, hash: block.header.hash, from: makePeer(1), isPulled: false)
            form?.match(.standard(), [])
        case .getBlockTransactions(_, _, let places): _ = places.places
        case .blockTransactions(_, let list): _ = try? list.decoded()
        case .blocks(_, let list): _ = try? list.decoded()
        case .subscribe, .unsubscribe, .graft, .prune, .have, .want, .dontWant, .publish, .newBlockHashes, .getBlocks:
            break
        }
    }

    @Test(arguments: messages.indices)
    func roundTripsAndDamage(_ index: Int) throws {
        let message = Self.messages[index]
        let bytes = message.payload
        let again = try GossipMessage(id: message.id, payload: bytes[...])
        #expect(again.payload == bytes && again.id == message.id)
        read(again)
        for count in bytes.indices {
            #expect(throws: WireError.self) { try GossipMessage(id: message.id, payload: bytes[..<count]) }
        }
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            if let damaged = try? GossipMessage(id: message.id, payload: flipped[...]) { read(damaged) }
        }
    }

    @Test func everyMessageIsAmongThem() {
        #expect(Set(Self.messages.map(\.id)) == Set(0..<GossipMessage.reservedIDs))
    }

    @Test func noiseAndUnknownIDs() {
        var random = NodeRandom(seed: 2)
        for length in 0..<300 {
            let noise = random.bytes(length)
            for id in 0..<GossipMessage.reservedIDs {
                if let message = try? GossipMessage(id: id, payload: noise[...]) { read(message) }
            }
        }
        #expect(throws: WireError.unknownMessageID(14)) { try GossipMessage(id: 14, payload: [0xc0]) }
        #expect(TopicGossip.descriptors[0].messageCount == 14 && TopicGossip.name.description == "gossip/1")
    }

    @Test func countsAreLimited() {
        let ids = [TopicMessageID](repeating: TopicMessageID(1, 1), count: 1_025)
        let topics = [TopicSubscription](repeating: .init(number: 1, topic: Topic("a")), count: 65)
        let contact = GossipContact(endpoint: Endpoint(ip: .loopback, port: 1), publicKey: PublicKey())
        let announcement = BlockAnnouncement(hash: Hash32(), number: 1)
        let rows: [(GossipMessage, Int)] = [
            (.subscribe(topics), 64), (.unsubscribe([UInt64](repeating: 1, count: 65)), 64),
            (.graft([UInt64](repeating: 1, count: 65)), 64),
            (.prune(TopicPrune(topic: 1, seconds: 1, contacts: [GossipContact](repeating: contact, count: 9))), 8),
            (.have(topic: 1, ids), 1_024), (.want(ids), 1_024), (.dontWant(ids), 1_024),
            (.newBlockHashes([BlockAnnouncement](repeating: announcement, count: 257)), 256),
            (.getBlocks(requestID: 1, [Hash32](repeating: Hash32(), count: 17)), 16),
            (.blocks(requestID: 1, EncodedList(encoded: [[UInt8]](repeating: [0x80], count: 17))), 16),
            (
                .blockTransactions(requestID: 1, EncodedList(encoded: [[UInt8]](repeating: [0x80], count: 65_537))),
                65_536
            ),
            (.getBlockTransactions(requestID: 1, Hash32(), BlockPlaces(0..<65_537)), 131_072),
        ]
        for (message, limit) in rows {
            #expect(throws: WireError.limitExceeded(limit: limit), "message \(message.id)") {
                try GossipMessage(id: message.id, payload: message.payload[...])
            }
        }
    }

    /// A compact block with so many short ids, given transactions and withdrawals.
    func compact(ids: Int, given: Int = 0, withdrawals: Int = 0) -> [UInt8] {
        var writer = RLPWriter()
        writer.list { list in
            list.write(Header())
            list.write(UInt64(1))
            list.write(UInt64(1))
            list.write([UInt8](repeating: 1, count: ids))
            list.list { for _ in 0..<given { $0.writeEmptyList() } }
            list.list { body in
                body.writeEmptyList()
                body.writeEmptyList()
                body.list { for _ in 0..<withdrawals { $0.writeEmptyList() } }
            }
        }
        return writer.bytes
    }

    @Test func aBlockOfTooManyTransactionsIsNotDecoded() {
        let rows: [([UInt8], WireError)] = [
            (compact(ids: 6 * 65_537), .limitExceeded(limit: 393_216)),
            (compact(ids: 6 * 65_536, given: 1), .limitExceeded(limit: 65_536)),
            (compact(ids: 6, given: 65_537), .limitExceeded(limit: 65_536)),
            (compact(ids: 6, withdrawals: 1_025), .limitExceeded(limit: 1_024)),
            (compact(ids: 7), .malformed(.invalidValue)),
        ]
        for (payload, error) in rows {
            #expect(throws: error) { try GossipMessage(id: 9, payload: payload[...]) }
        }
        #expect((try? GossipMessage(id: 9, payload: compact(ids: 6)[...])) != nil)
    }

    @Test func namesOfTopicsAreBounded() {
        func payload(_ name: [UInt8]) -> [UInt8] {
            var writer = RLPWriter()
            writer.list { list in
                list.list { entry in
                    entry.write(UInt64(1))
                    entry.write(name)
                }
            }
            return writer.bytes
        }
        let longest = [UInt8](repeating: 0xff, count: 64)
        #expect((try? GossipMessage(id: 0, payload: payload(longest)[...])) != nil)
        #expect(throws: WireError.limitExceeded(limit: 64)) {
            try GossipMessage(id: 0, payload: payload(longest + [1])[...])
        }
        #expect(throws: WireError.malformed(.invalidValue)) { try GossipMessage(id: 0, payload: payload([])[...]) }
    }

    @Test func anAddressHasOneForm() {
        var writer = RLPWriter()
        writer.list { list in
            list.write(UInt64(1))
            list.write(UInt64(1))
            list.list { contacts in
                contacts.list { contact in
                    contact.write([UInt8](repeating: 0, count: 10) + [0xff, 0xff, 127, 0, 0, 1])
                    contact.write(UInt16(1))
                    contact.write(PublicKey())
                }
            }
        }
        #expect(throws: WireError.malformed(.invalidValue)) { try GossipMessage(id: 3, payload: writer.bytes[...]) }
    }
}
