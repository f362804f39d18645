import Chain
import DevP2P
import EthWire
import Primitives
import RLP
import TestVectors
import Testing

/// Messages of go-ethereum's, besu's and reth's tests.
@Suite(.enabled(if: TestVectors.isPresent, "the folder of test vectors is absent"))
struct MessageVectorTests {
    static let names: [String: EthMessageID] = [
        "GetBlockHeadersPacket": .getBlockHeaders, "BlockHeadersPacket": .blockHeaders,
        "GetBlockBodiesPacket": .getBlockBodies, "BlockBodiesPacket": .blockBodies,
        "GetReceiptsPacket": .getReceipts, "ReceiptsPacket": .receipts,
        "GetPooledTransactionsPacket": .getPooledTransactions, "PooledTransactionsPacket": .pooledTransactions,
    ]

    static func id(_ name: String) -> EthMessageID? { names[name.filter { !$0.isNumber }] }

    /// Decodes the items too, and writes everything again.
    static func rewritten(_ message: EthMessage, _ form: ReceiptForm) throws -> EthMessage {
        switch message {
        case .blockHeaders(let id, let list): .blockHeaders(requestID: id, EncodedList(try list.decoded()))
        case .blockBodies(let id, let list): .blockBodies(requestID: id, EncodedList(try list.decoded()))
        case .pooledTransactions(let id, let list): .pooledTransactions(requestID: id, EncodedList(try list.decoded()))
        case .receipts(let id, let receipts):
            .receipts(requestID: id, EncodedReceipts(try receipts.decoded(), form: form))
        default: message
        }
    }

    @Test func messagesOfGoEthereum() throws {
        let messages = try #require(try TestVectors.json("02c-wire-vectors/eth-messages.json")["messages"]?.array)
        #expect(messages.count == 9)
        for vector in messages {
            let name = try #require(vector["message"]?.string)
            let id = try #require(Self.id(name))
            let rlp = try #require(vector["rlp"]?.bytes)
            let message = try EthForm(id: id.rawValue, payload: rlp[...], .eth69)
            #expect(message.message.requestID == vector["requestId"]?.uint64)
            #expect(EthForm(try Self.rewritten(message.message, .withoutBloom), .eth69).payload == rlp, "\(name)")
        }
    }

    @Test func messagesOfBesu() throws {
        var count = 0
        for path in try TestVectors.files(in: "02c-wire-vectors/besu/eth66", suffix: ".json") {
            let vector = try TestVectors.json(path)
            let name = try #require(vector["type"]?.string)
            // NodeData left with eth/67.
            guard let id = Self.id(name) else { continue }
            let rlp = try #require(vector["rlp"]?.bytes)
            let message = try EthForm(id: id.rawValue, payload: rlp[...], .eth68)
            #expect(message.message.requestID == vector["data"]?["RequestId"]?.uint64)
            // Their receipts' bloom doesn't belong to the logs, so it comes out different; all else must be equal.
            if id == .receipts {
                try KnownMessageTests.decodeReceipts(message.message)
            } else {
                #expect(EthForm(try Self.rewritten(message.message, .withBloom), .eth68).payload == rlp, "\(name)")
            }
            count += 1
        }
        #expect(count == 9)
    }

    /// From a proof-of-authority chain: each block's difficulty is 2.
    @Test func aRealBlock() throws {
        let bytes = try TestVectors.hex("05-mainnet-samples/reth-eth-wire/new_block_network_rlp.hex.gz")
        let message = try EthForm(id: EthMessageID.newBlock.rawValue, payload: bytes[...], .eth68)
        guard case .newBlock(let encoded, let totalDifficulty) = message.message else {
            Issue.record("no block")
            return
        }
        let block = try encoded.decoded()
        #expect(block.header == encoded.header && block.hash == encoded.hash)
        #expect(block.number == 19_410_658)
        #expect(block.body.ommersHash == block.header.ommersHash)
        #expect(totalDifficulty == 38_591_434)
        #expect(block.header.difficulty == 2 && block.transactions.count > 100 && block.body.withdrawals == nil)
        #expect(message.payload == bytes)
    }

    @Test func aPooledBlobTransaction() throws {
        let list = try TestVectors.hex("05-mainnet-samples/reth-eth-wire/pooled_transactions_with_blob.hex.gz")
        // The file is the list; the message has the request id before it.
        let message = EthForm(
            .pooledTransactions(requestID: 0, EncodedList(encoded: [Array(list.dropFirst(4))])), .eth68)
        guard
            case .pooledTransactions(0, let items) = try EthForm(id: message.id, payload: message.payload[...], .eth68)
                .message
        else {
            Issue.record("no transactions")
            return
        }
        let transactions = try items.decoded()
        #expect(items.count == transactions.count && transactions.count >= 2)
        #expect(transactions.contains { $0.sidecar != nil && $0.transaction.type == .blob })
        #expect(
            EthForm(.pooledTransactions(requestID: 0, EncodedList(transactions)), .eth68).payload == message.payload)
    }

    @Test func announcementsOfEth66AreNoneOfOurs() throws {
        let bytes = try TestVectors.hex("05-mainnet-samples/reth-eth-wire/new_pooled_transactions_network_rlp.hex.gz")
        #expect(throws: WireError.malformed(.expectedList)) {
            try EthForm(id: EthMessageID.newPooledTransactionHashes.rawValue, payload: bytes[...], .eth68)
        }
    }

    @Test func receiptsOfMainnetInBothForms() throws {
        var count = 0
        for path in try TestVectors.files(in: "05-mainnet-samples/blocks").filter({ $0.contains(".json") }) {
            guard let encoded = try TestVectors.json(path)["receiptsEth69"]?.bytes else { continue }
            let received = EncodedReceipts(encoded: [encoded], form: .withoutBloom)
            let receipts = try received.decoded()
            #expect(EncodedReceipts(receipts, form: .withoutBloom).payload == encoded[...])
            let older = EncodedReceipts(receipts, form: .withBloom)
            #expect(try older.decoded() == receipts)
            count += receipts[0].count
        }
        #expect(count > 500)
    }

    @Test func seedsOfFuzzersNeverTrap() throws {
        let files = try TestVectors.files(in: "06-fuzz-seeds/seeds/eth-message", suffix: ".bin")
        #expect(!files.isEmpty)
        for path in files {
            let bytes = try TestVectors.data(path)
            var accepted = 0
            for id in UInt8(0)..<20 {
                if (try? EthForm(id: id, payload: bytes[...], .eth68)) != nil { accepted += 1 }
                if (try? EthForm(id: id, payload: bytes[...], .eth69)) != nil { accepted += 1 }
            }
            #expect(accepted > 0, "\(path)")
        }
    }
}
