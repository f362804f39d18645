import Chain
import DevP2P
import EthWire
import Primitives
import RLP
import SansIO
import Testing

/// Every message as a round trip, and what may arrive in its place.
@Suite struct HostileMessageTests {
    static func messages() throws -> [EthMessage] {
        let transaction = try Samples.transaction(0)
        let typed = try Transaction(encoded: Samples.typed[...])
        let block = Block(header: Samples.header, body: try Samples.body())
        let entry = TransactionAnnouncements.Entry(transaction)
        let range = BlockRange(earliest: 3, latest: 900, latestHash: Samples.feedbeef)
        return [
            .newBlockHashes([.init(hash: Samples.deadc0de, number: 5), .init(hash: Samples.feedbeef, number: .max)]),
            .transactions(EncodedList([transaction, typed])),
            .getBlockHeaders(requestID: .max, HeadersRequest(from: .number(0), limit: 1, isReverse: true)),
            .getBlockHeaders(requestID: 0, HeadersRequest(from: .hash(Samples.deadc0de), limit: .max, skip: .max)),
            .blockHeaders(requestID: 1, EncodedList([Samples.header, Samples.header])),
            .getBlockBodies(requestID: 1, [Samples.deadc0de]),
            .blockBodies(requestID: 1, EncodedList([try Samples.body(), BlockBody(withdrawals: [])])),
            .newBlock(block, totalDifficulty: .max),
            .newPooledTransactionHashes(TransactionAnnouncements([entry, entry])),
            .getPooledTransactions(requestID: 1, [Samples.deadc0de]),
            .pooledTransactions(requestID: 1, EncodedList([try PooledTransaction(encoded: Samples.typed[...])])),
            .getReceipts(requestID: 1, []),
            .blockRangeUpdate(range),
        ]
    }

    static func messages69() throws -> [EthMessage] {
        let range = BlockRange(earliest: 3, latest: 900, latestHash: Samples.feedbeef)
        let status = EthStatus(
            networkID: 5, genesisHash: Samples.genesis, forkID: ForkID(hash: 1, next: 2), range: range)
        let receipts = EncodedReceipts([Samples.receipts(), []], form: .withoutBloom)
        return try messages() + [.status(status), .receipts(requestID: 9, receipts)]
    }

    static func messages68() throws -> [EthMessage] {
        let status = EthStatus(
            networkID: 5, genesisHash: Samples.genesis, forkID: ForkID(hash: 1, next: 2), totalDifficulty: 77,
            headHash: Samples.feedbeef)
        let receipts = EncodedReceipts([Samples.receipts(), []], form: .withBloom)
        return try messages().filter { $0.messageID != .blockRangeUpdate }
            + [.status(status), .receipts(requestID: 9, receipts)]
    }

    /// Decodes everything there is.
    static func exhaust(_ message: EthMessage) throws {
        switch message {
        case .transactions(let list): _ = try list.decoded()
        case .blockHeaders(_, let list): _ = try list.decoded()
        case .blockBodies(_, let list): _ = try list.decoded()
        case .pooledTransactions(_, let list): _ = try list.decoded()
        case .receipts(_, let receipts): _ = try receipts.decoded()
        case .newBlock(let block, _): _ = (try block.items(), try block.decoded())
        default: break
        }
    }

    static func check(_ messages: [EthMessage], _ version: EthVersion) throws {
        for message in messages.map({ EthForm($0, version) }) {
            let bytes = message.payload
            let again = try EthForm(id: message.id, payload: bytes[...], version)
            #expect(again.payload == bytes, "\(message.message.messageID)")
            try exhaust(again.message)
            for count in bytes.indices {
                #expect(throws: WireError.self, "\(message.message.messageID) cut at \(count)") {
                    try EthForm(id: message.id, payload: bytes[..<count], version)
                }
            }
            for bit in 0..<bytes.count * 8 {
                var flipped = bytes
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                if let other = try? EthForm(id: message.id, payload: flipped[...], version) {
                    try? exhaust(other.message)
                }
            }
        }
    }

    @Test func eth68() throws { try Self.check(Self.messages68(), .eth68) }

    @Test func eth69() throws { try Self.check(Self.messages69(), .eth69) }

    @Test func theMessagesNameAllIDs() throws {
        #expect(Set(try Self.messages69().map(\.messageID)) == Set(EthMessageID.allCases))
        #expect(EthVersion.eth68.messageCount == 17 && EthVersion.eth69.messageCount == 18)
        #expect(EthVersion.eth68.name.description == "eth/68" && EthVersion.eth69.name.description == "eth/69")
    }

    @Test func noiseIsNoMessage() {
        var random = NodeRandom(seed: 42)
        for length in 0..<400 {
            let noise = random.bytes(length)
            for id in UInt8(0)...20 {
                if let message = try? EthForm(id: id, payload: noise[...], .eth69) {
                    try? Self.exhaust(message.message)
                }
            }
        }
    }

    @Test(arguments: [0x0b, 0x0c, 0x0d, 0x0e, 0x11, 0x12, 0xff] as [UInt8]) func unknownIDs(id: UInt8) {
        #expect(throws: WireError.unknownMessageID(id)) { try EthForm(id: id, payload: [0xc0], .eth68) }
        if id != 0x11 {
            #expect(throws: WireError.unknownMessageID(id)) { try EthForm(id: id, payload: [0xc0], .eth69) }
        }
    }

    @Test func bytesAfterTheListAreIgnoredElementsInItAreNot() throws {
        #expect(try EthForm(.getBlockBodies, hex: "c4820457c0ffff", .eth69).hex == "c4820457c0")
        #expect(throws: WireError.malformed(.trailingBytes)) {
            try EthForm(.getBlockBodies, hex: "c5820457c080", .eth69)
        }
        // A number with a leading zero, a start that is neither hash nor number, an empty payload.
        #expect(throws: WireError.malformed(.nonCanonicalInteger)) {
            try EthForm(.getBlockBodies, hex: "c4820057c0", .eth69)
        }
        #expect(throws: WireError.malformed(.integerOverflow)) {
            try EthForm(.getBlockHeaders, hex: "cf820457cb890102030405060708090101", .eth69)
        }
        #expect(throws: WireError.malformed(.truncated)) { try EthForm(.getBlockBodies, hex: "", .eth69) }
    }

    @Test func countsAreLimitedBeforeDecoding() throws {
        // Items of one byte are no headers: that they are too many is seen first.
        func answer(_ count: Int) -> [UInt8] {
            var writer = RLPWriter()
            writer.list { list in
                list.write(UInt64(1))
                list.list { for _ in 0..<count { $0.write(UInt64(0)) } }
            }
            return writer.bytes
        }
        for (id, limit) in [
            (EthMessageID.blockHeaders, 1024), (.blockBodies, 1024), (.receipts, 1024), (.pooledTransactions, 5000),
        ] {
            _ = try EthForm(id: id.rawValue, payload: answer(limit)[...], .eth69)
            #expect(throws: WireError.limitExceeded(limit: limit)) {
                try EthForm(id: id.rawValue, payload: answer(limit + 1)[...], .eth69)
            }
        }
        let transactions = EthForm(
            .transactions(EncodedList<Transaction>(encoded: [[UInt8]](repeating: [0x80], count: 5001))), .eth69)
        #expect(throws: WireError.limitExceeded(limit: 5000)) {
            try EthForm(id: transactions.id, payload: transactions.payload[...], .eth69)
        }
    }

    @Test func ofTooManyHashesTheFirstAreDecoded() throws {
        let hashes = [Hash32](repeating: Samples.feedbeef, count: 100_000)
        for message in [EthMessage.getBlockBodies(requestID: 1, hashes), .getReceipts(requestID: 1, hashes)] {
            let request = EthForm(message, .eth69)
            let decoded = try EthForm(id: request.id, payload: request.payload[...], .eth69)
            switch decoded.message {
            case .getBlockBodies(1, let kept), .getReceipts(1, let kept): #expect(kept.count == 1024)
            default: Issue.record("another message")
            }
        }
    }

    @Test func aBlockOfTooManyTransactionsIsNotDecoded() throws {
        // Ten bytes each: a legacy transaction with all fields zero would be one.
        func body(_ count: Int, ommers: Int = 0) -> [UInt8] {
            var writer = RLPWriter()
            writer.list { list in
                list.list { for _ in 0..<count { $0.writeRaw([0xc9] + [UInt8](repeating: 0x80, count: 9)) } }
                list.list { for _ in 0..<ommers { $0.write(Samples.header) } }
            }
            return writer.bytes
        }
        #expect(try EncodedList<BlockBody>(encoded: [body(3, ommers: 2)]).decoded()[0].transactions.count == 3)
        #expect(throws: WireError.limitExceeded(limit: 65_536)) {
            try EncodedList<BlockBody>(encoded: [body(65_537)]).decoded()
        }
        #expect(throws: WireError.limitExceeded(limit: 2)) {
            try EncodedList<BlockBody>(encoded: [body(0, ommers: 3)]).decoded()
        }
    }

    @Test func listsOfAnAnnouncementMustBeEquallyLong() throws {
        var writer = RLPWriter()
        writer.list { list in
            list.write([UInt8]([2, 2]))
            list.list { $0.write(UInt64(100)) }
            list.write(list: [Samples.deadc0de])
        }
        #expect(throws: WireError.ruleBroken) {
            try EthForm(id: EthMessageID.newPooledTransactionHashes.rawValue, payload: writer.bytes[...], .eth69)
        }
    }
}
