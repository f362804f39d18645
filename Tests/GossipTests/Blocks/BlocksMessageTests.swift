import Chain
import DevP2P
import EthWire
import Primitives
import RLP
import SansIO
import Testing
import Topics

@testable import Gossip

@Suite("The messages of blocks/1")
struct BlocksMessageTests {
    static let wallet = Wallet(1)

    static var messages: [BlocksMessage] {
        let transactions = (0..<4).map { wallet.transfer($0) }
        let block = GossipBlock(block: makeBlock(7, [transactions[0]]), totalDifficulty: 14)
        let empty = GossipBlock(block: makeBlock(8), totalDifficulty: .max)
        let hash = block.block.hash
        let ids = [TopicMessageID(prefixOf: hash), TopicMessageID(1, 2)]
        let contacts = [
            MeshContact(endpoint: Endpoint(ip: .loopback, port: 30303), publicKey: makePeer(1).publicKey),
            MeshContact(endpoint: Endpoint(ip: .v6(1, 2), port: 0), publicKey: makePeer(2).publicKey),
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
            .graft, .prune(MeshPrune(seconds: 60, contacts: contacts)), .prune(MeshPrune(seconds: 0)),
            .want(ids), .want([]), .dontWant(ids),
            .newBlockHashes([.init(hash: hash, number: 7), .init(hash: Hash32(), number: .max)]), .newBlockHashes([]),
            .compactBlock(CompactBlock(rich, totalDifficulty: 5, nonce: .max, prefilled: [0, 3])),
            .compactBlock(CompactBlock(modern, totalDifficulty: 5, nonce: 0)),
            .compactBlock(CompactBlock(modern, totalDifficulty: 5, nonce: 2, demand: RepairDemand(limits: eager))),
            .compactBlock(CompactBlock(makeBlock(1), totalDifficulty: .max, nonce: 1)),
            .getBlockTransactions(requestID: 3, hash, TransactionIndices([0, 1, 65_535])),
            .blockTransactions(requestID: 4, EncodedList(transactions)),
            .blockTransactions(requestID: .max, EncodedList([Transaction]())),
            .getBlocks(requestID: 3, [hash, Hash32()]), .blocks(requestID: .max, EncodedList([block, empty])),
            .getBlocks(requestID: 0, []), .blocks(requestID: 0, EncodedList([GossipBlock]())),
        ]
    }

    /// Looks at all that a message holds, as its receiver would.
    func read(_ message: BlocksMessage) {
        switch message {
        case .compactBlock(let block):
            var form = try? CompactForm(block, hash: block.header.hash, from: makePeer(1), isPulled: false)
            form?.match(CompactForm.Source(pool: .standard(), rivals: []))
        case .getBlockTransactions(_, _, let request): _ = request.indices
        case .blockTransactions(_, let list): _ = try? list.decoded()
        case .blocks(_, let list): _ = try? list.decoded()
        case .graft, .prune, .want, .dontWant, .newBlockHashes, .getBlocks: break
        }
    }

    @Test(arguments: messages.indices)
    func roundTripsAndDamage(_ index: Int) throws {
        let message = Self.messages[index]
        let bytes = message.payload
        let again = try BlocksMessage(id: message.id, payload: bytes[...])
        #expect(again.payload == bytes && again.id == message.id)
        read(again)
        for count in bytes.indices {
            #expect(throws: WireError.self) { try BlocksMessage(id: message.id, payload: bytes[..<count]) }
        }
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            if let damaged = try? BlocksMessage(id: message.id, payload: flipped[...]) { read(damaged) }
        }
    }

    @Test func everyMessageIsAmongThem() {
        #expect(Set(Self.messages.map(\.id)) == Set(0..<BlocksMessage.reservedIDs))
    }

    @Test func noiseAndUnknownIDs() {
        var random = NodeRandom(seed: 2)
        for length in 0..<300 {
            let noise = random.bytes(length)
            for id in 0..<BlocksMessage.reservedIDs {
                if let message = try? BlocksMessage(id: id, payload: noise[...]) { read(message) }
            }
        }
        #expect(throws: WireError.unknownMessageID(10)) { try BlocksMessage(id: 10, payload: [0xc0]) }
        #expect(BlockGossip.descriptors[0].messageCount == 10 && BlockGossip.name.description == "blocks/1")
    }

    @Test func countsAreLimited() {
        let ids = [TopicMessageID](repeating: TopicMessageID(1, 1), count: 1_025)
        let contact = MeshContact(endpoint: Endpoint(ip: .loopback, port: 1), publicKey: PublicKey())
        let announcement = BlockAnnouncement(hash: Hash32(), number: 1)
        let rows: [(BlocksMessage, Int)] = [
            (.prune(MeshPrune(seconds: 1, contacts: [MeshContact](repeating: contact, count: 9))), 8),
            (.want(ids), 1_024), (.dontWant(ids), 1_024),
            (.newBlockHashes([BlockAnnouncement](repeating: announcement, count: 257)), 256),
            (.getBlocks(requestID: 1, [Hash32](repeating: Hash32(), count: 17)), 16),
            (.blocks(requestID: 1, EncodedList(encoded: [[UInt8]](repeating: [0x80], count: 17))), 16),
            (
                .blockTransactions(requestID: 1, EncodedList(encoded: [[UInt8]](repeating: [0x80], count: 65_537))),
                65_536
            ),
            (.getBlockTransactions(requestID: 1, Hash32(), TransactionIndices(0..<65_537)), 131_072),
        ]
        for (message, limit) in rows {
            #expect(throws: WireError.limitExceeded(limit: limit), "message \(message.id)") {
                try BlocksMessage(id: message.id, payload: message.payload[...])
            }
        }
    }

    /// A compact block with these numbers of bytes of short ids, prefilled transactions and withdrawals.
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
            #expect(throws: error) { try BlocksMessage(id: 5, payload: payload[...]) }
        }
        #expect((try? BlocksMessage(id: 5, payload: compact(ids: 6)[...])) != nil)
    }
}
