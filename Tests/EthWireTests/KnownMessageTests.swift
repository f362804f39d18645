import Chain
import DevP2P
import EthWire
import Primitives
import RLP
import Testing

/// Bytes that go-ethereum's tests and the protocol digest give, both ways.
@Suite struct KnownMessageTests {
    let hashes = [Samples.deadc0de, Samples.feedbeef]
    let hashRequest = """
        f847820457f842a000000000000000000000000000000000000000000000000000000000deadc0dea00000000000000000000000000000\
        0000000000000000000000000000feedbeef
        """

    @Test func getBlockHeaders() throws {
        let byHash = "e8820457e4a000000000000000000000000000000000000000000000000000000000deadc0de050580"
        let byNumber = "ca820457c682270f050580"
        let requests = [
            (byHash, HeadersRequest(from: .hash(Samples.deadc0de), limit: 5, skip: 5)),
            (byNumber, HeadersRequest(from: .number(9999), limit: 5, skip: 5)),
        ]
        for (hex, request) in requests {
            #expect(EthForm(.getBlockHeaders(requestID: 1111, request), .eth69).hex == hex)
            guard case .getBlockHeaders(1111, request) = try EthForm(.getBlockHeaders, hex: hex, .eth69).message else {
                Issue.record("\(hex)")
                continue
            }
        }
    }

    @Test func requestsOfHashes() throws {
        let messages: [EthMessage] = [
            .getBlockBodies(requestID: 1111, hashes), .getReceipts(requestID: 1111, hashes),
            .getPooledTransactions(requestID: 1111, hashes),
        ]
        for message in messages {
            #expect(EthForm(message, .eth69).hex == hashRequest)
            let decoded = try EthForm(message.messageID, hex: hashRequest, .eth68)
            #expect(decoded.message.requestID == 1111)
            #expect(decoded.hex == hashRequest)
        }
    }

    @Test func answersWithNothing() throws {
        let empty = "c4820457c0"
        for id in [EthMessageID.blockHeaders, .blockBodies, .receipts, .pooledTransactions, .getBlockBodies] {
            #expect(try EthForm(id, hex: empty, .eth68).hex == empty)
            #expect(try EthForm(id, hex: empty, .eth69).hex == empty)
        }
    }

    @Test func blockHeaders() throws {
        let header = Hex.encode(Samples.header.rlp)
        #expect(Samples.header.hash.hex == "8c2f2af15b7b563b6ab1e09bed0e9caade7ed730aec98b70a993597a797579a9")
        let expected = "f90202820457f901fc" + header
        #expect(EthForm(.blockHeaders(requestID: 1111, EncodedList([Samples.header])), .eth69).hex == expected)
        let stored = EncodedList<Header>(encoded: [Samples.header.rlp])
        #expect(EthForm(.blockHeaders(requestID: 1111, stored), .eth69).hex == expected)
        guard case .blockHeaders(1111, let list) = try EthForm(.blockHeaders, hex: expected, .eth69).message else {
            Issue.record("no headers")
            return
        }
        #expect(list.count == 1)
        #expect(try list.decoded() == [Samples.header])
    }

    @Test func pooledTransactions() throws {
        let expected = "f8d7820457f8d2" + Samples.transactions.map { Hex.encode($0) }.joined()
        let message = try EthForm(.pooledTransactions, hex: expected, .eth69)
        #expect(message.hex == expected)
        guard case .pooledTransactions(1111, let list) = message.message else {
            Issue.record("no transactions")
            return
        }
        let transactions = try list.decoded().map(\.transaction)
        #expect(
            transactions.map(\.hash.hex) == [
                "588df025c4c2d757d3e314bd3dfbfe352687324e6b8557ad1731585e96928aed",
                "f39c7dac06a9f3abf09faf5e30439a349d3717611b3ed337cd52b0d192bc72da",
            ])
        #expect(
            try transactions.map { try $0.sender().hex } == [
                "9bddad43f934d313c2b79ca28a432dd2b7281029", "3c24d7329e92f84f08556ceb6df1cdb0104ca49f",
            ])
    }

    @Test func aTypedTransactionIsWrapped() throws {
        let transaction = try Transaction(encoded: Samples.typed[...])
        let message = EthForm(.transactions(EncodedList([transaction])), .eth69)
        #expect(message.hex == "f868b866" + Hex.encode(Samples.typed))
        guard case .transactions(let list) = try EthForm(.transactions, hex: message.hex, .eth69).message else {
            Issue.record("no transactions")
            return
        }
        #expect(try list.decoded() == [transaction])
    }

    @Test func receiptsWithoutBloom() throws {
        let expected = """
            f8da820457f8d5f8d3f866808082014df85ff85d940000000000000000000000000000000000000011f842a0000000000000000000000000\
            000000000000000000000000000000000000deada0000000000000000000000000000000000000000000000000000000000000beef830100ff\
            f86901018201bcf862f860940000000000000000000000000000000000000022f842a000000000000000000000000000000000000000000000\
            00000000000000005668a0000000000000000000000000000000000000000000000000000000000000977386020f0f0f0608
            """
        let blocks = [Samples.receipts()]
        let message = EthForm(.receipts(requestID: 1111, EncodedReceipts(blocks, form: .withoutBloom)), .eth69)
        #expect(message.hex == expected)
        guard case .receipts(1111, let receipts) = try EthForm(.receipts, hex: expected, .eth69).message else {
            Issue.record("no receipts")
            return
        }
        #expect(receipts.count == 1)
        #expect(try receipts.decoded() == blocks)
    }

    @Test func receiptsWithBloomAreThoseOfTheTrie() throws {
        let blocks = [Samples.receipts(), []]
        let message = EthForm(.receipts(requestID: 7, EncodedReceipts(blocks, form: .withBloom)), .eth68)
        guard case .receipts(7, let receipts) = try EthForm(.receipts, hex: message.hex, .eth68).message else {
            Issue.record("no receipts")
            return
        }
        #expect(receipts.count == 2)
        #expect(try receipts.decoded() == blocks)
        #expect(message.hex.contains(Hex.encode(Samples.receipts()[1].consensusEncoding)))
        // The form of one version is not that of the other.
        #expect(throws: WireError.self) {
            try Self.decodeReceipts(EthForm(.receipts, hex: message.hex, .eth69).message)
        }
    }

    static func decodeReceipts(_ message: EthMessage) throws {
        if case .receipts(_, let receipts) = message { _ = try receipts.decoded() }
    }

    @Test func status() throws {
        let status69 = """
            f84d4501a0d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3c68407c9462e808080a0d4e56740f876aef8c01\
            0b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3
            """
        let range = BlockRange(earliest: 0, latest: 0, latestHash: Samples.genesis)
        let newer = EthStatus(
            networkID: 1, genesisHash: Samples.genesis, forkID: ForkID(hash: 0x07c9_462e, next: 0), range: range)
        #expect(EthForm(.status(newer), .eth69).hex == status69)
        guard case .status(newer) = try EthForm(.status, hex: status69, .eth69).message else {
            Issue.record("eth/69")
            return
        }
        let status68 = """
            f8544401850400000000a0d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3a0d4e56740f876aef8c010b86a4\
            0d5f56745a118d0906a34e69aec8c0db1cb8fa3c984fc64ec0483118c30
            """
        let older = EthStatus(
            networkID: 1, genesisHash: Samples.genesis, forkID: ForkID(hash: 0xfc64_ec04, next: 1_150_000),
            totalDifficulty: 0x4_0000_0000, headHash: Samples.genesis)
        #expect(EthForm(.status(older), .eth68).hex == status68)
        guard case .status(older) = try EthForm(.status, hex: status68, .eth68).message else {
            Issue.record("eth/68")
            return
        }
        #expect(older.head.hash == Samples.genesis && newer.head.hash == Samples.genesis)
        #expect(throws: WireError.self) { try EthForm(.status, hex: status68, .eth69) }
        #expect(throws: WireError.self) { try EthForm(.status, hex: status69, .eth68) }
    }

    @Test func announcedTransactions() throws {
        let expected =
            "f84b820200c381936ef842a0" + String(repeating: "de", count: 32) + "a0" + String(repeating: "ad", count: 32)
        let entries: [TransactionAnnouncements.Entry] = [
            .init(type: 2, size: 147, hash: Hash32(hex: String(repeating: "de", count: 32)) ?? .zero),
            .init(type: 0, size: 110, hash: Hash32(hex: String(repeating: "ad", count: 32)) ?? .zero),
        ]
        let message = EthForm(.newPooledTransactionHashes(TransactionAnnouncements(entries)), .eth68)
        #expect(message.hex == expected)
        guard
            case .newPooledTransactionHashes(let found) = try EthForm(message.message.messageID, hex: expected, .eth68)
                .message
        else {
            Issue.record("no announcement")
            return
        }
        #expect(Array(found.entries) == entries)
    }
}
