import Chain
import Primitives
import RLP
import TestVectors
import Testing
import Trie

/// The roots in headers of mainnet and Sepolia blocks, from the lists in their bodies.
@Suite(.enabled(if: TestVectors.isPresent, "the test vectors are absent"))
struct BlockRootTests {
    @Test func mainnetBlocks() throws {
        var withdrawals = 0
        let files = try TestVectors.files(in: "05-mainnet-samples/blocks")
        #expect(files.count == 10)
        for file in files {
            let block = try TestVectors.json(file)
            let header = try Header(rlp: #require(block["header"]?.bytes))
            let body = try BlockBody(rlp: #require(block["body"]?.bytes))
            #expect(header.hash.hex == block["hash"]?.string?.replacing("0x", with: ""))
            #expect(OrderedTrie.root(of: body.transactions.map(\.encoded)) == header.transactionsRoot, "\(file)")
            #expect(body.withdrawals.map { OrderedTrie.root(of: $0.map(\.rlp)) } == header.withdrawalsRoot, "\(file)")
            withdrawals += body.withdrawals?.count ?? 0
            var reader = RLPReader(try #require(block["receiptsEth69"]?.bytes))
            let receipts = try reader.readList(limit: .max) { (list) throws(RLPError) in
                try Receipt(withoutBloomFrom: &list)
            }
            #expect(OrderedTrie.root(of: receipts.map(\.consensusEncoding)) == header.receiptsRoot, "\(file)")
        }
        #expect(withdrawals > 0)
    }

    @Test(arguments: ["sepolia-172032-174079-blocks-with-tx.json.gz", "sepolia-more-blocks-with-tx.json.gz"])
    func sepoliaBlocks(file: String) throws {
        let blocks = try #require(try TestVectors.json("05-mainnet-samples/\(file)").array)
        #expect(!blocks.isEmpty)
        for block in blocks {
            let header = try Header(rlp: #require(block["header"]?.bytes))
            let body = try BlockBody(rlp: #require(block["body"]?.bytes))
            let receipts = try [Receipt](listOf: #require(block["receipts"]?.bytes))
            #expect(OrderedTrie.root(of: body.transactions.map(\.encoded)) == header.transactionsRoot)
            #expect(OrderedTrie.root(of: receipts.map(\.consensusEncoding)) == header.receiptsRoot)
        }
    }
}

extension [Receipt] {
    fileprivate init(listOf bytes: [UInt8]) throws {
        var reader = RLPReader(bytes)
        self = try reader.readList(of: Receipt.self)
    }
}
