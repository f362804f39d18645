import Chain
import EthCrypto
import Primitives
import RLP
import TestVectors
import Testing
import Trie

@Suite(.enabled(if: TestVectors.isPresent, noVectors))
struct BlockTests {
    /// Real blocks from London to Prague: every root in the header follows from the body and the receipts.
    @Test func mainnetBlocks() throws {
        let blocks = try SampleBlock.mainnet()
        #expect(blocks.count == 10)
        for sample in blocks {
            try checkRoots(sample)
            var reader = RLPReader(try #require(sample.json["receiptsEth69"]?.bytes))
            let receipts = try reader.readList(limit: .max) { (list) throws(RLPError) in
                try Receipt(withoutBloomFrom: &list)
            }
            try checkReceipts(receipts, sample)
            var writer = RLPWriter()
            writer.list { list in for receipt in receipts { receipt.encodeWithoutBloom(to: &list) } }
            #expect(writer.bytes == sample.json["receiptsEth69"]?.bytes)
        }
        #expect(Set(blocks.flatMap { $0.body.transactions.map(\.type) }) == Set(TransactionType.allCases))
    }

    @Test func sepoliaBlocks() throws {
        let blocks = try SampleBlock.sepolia()
        #expect(blocks.count > 5)
        for sample in blocks {
            try checkRoots(sample)
            let receipts = try [Receipt](receiptsIn: try #require(sample.json["receipts"]?.bytes))
            try checkReceipts(receipts, sample)
            var writer = RLPWriter()
            writer.write(list: receipts)
            #expect(writer.bytes == sample.json["receipts"]?.bytes)
        }
    }

    private func checkRoots(_ sample: SampleBlock) throws {
        let (header, body) = (sample.header, sample.body)
        #expect(header.hash == sample.hash)
        #expect(header.rlp == sample.headerBytes)
        #expect(body.rlp == sample.bodyBytes)
        #expect(OrderedTrie.root(of: body.transactions.map(\.encoded)) == header.transactionsRoot)
        #expect(body.ommersHash == header.ommersHash)
        #expect(body.withdrawals.map { OrderedTrie.root(of: $0.map(\.rlp)) } == header.withdrawalsRoot)
        let block = Block(header: header, body: body)
        #expect(block.hash == sample.hash)
        #expect(try Block(rlp: block.rlp) == block)
        for transaction in body.transactions { _ = try transaction.sender() }
    }

    private func checkReceipts(_ receipts: [Receipt], _ sample: SampleBlock) throws {
        #expect(receipts.map(\.type) == sample.body.transactions.map(\.type.rawValue))
        #expect(receipts.last?.cumulativeGasUsed ?? 0 == sample.header.gasUsed)
        #expect(OrderedTrie.root(of: receipts.map(\.consensusEncoding)) == sample.header.receiptsRoot)
        var bloom = Bloom()
        for receipt in receipts {
            bloom.formUnion(receipt.bloom)
            #expect(try Receipt(consensusEncoding: receipt.consensusEncoding[...]) == receipt)
            #expect(try Receipt(rlp: receipt.rlp) == receipt)
        }
        #expect(bloom == sample.header.logsBloom)
    }

    @Test func besuBlocks() throws {
        // Blocks of early devnets, whose bodies have other elements and blob transactions other fields.
        let foreign = ["block_123.", "block_124.", "block_62718."]
        for file in try TestVectors.files(in: "05-mainnet-samples/besu-blocks") {
            let bytes = try TestVectors.data(file)
            guard !foreign.contains(where: { file.contains($0) }) else {
                #expect(throws: RLPError.self) { try Block(rlp: bytes) }
                continue
            }
            let block = try Block(rlp: bytes)
            #expect(block.rlp == bytes)
            #expect(file.contains("block_\(block.number)."))
            #expect(OrderedTrie.root(of: block.transactions.map(\.encoded)) == block.header.transactionsRoot)
            #expect(block.body.ommersHash == block.header.ommersHash)
            for transaction in block.transactions { _ = try transaction.sender(allowsHighS: block.number < 1_150_000) }
        }
    }

    /// go-ethereum's eth message tests: header, body and receipts within answers.
    @Test func ethMessages() throws {
        let messages = try #require(try TestVectors.json("02c-wire-vectors/eth-messages.json")["messages"]?.array)
        var seen: Set<String> = []
        for message in messages {
            let name = try #require(message["message"]?.string)
            let bytes = try #require(message["rlp"]?.bytes)
            var reader = RLPReader(bytes)
            var fields = try reader.readList()
            var writer = RLPWriter()
            try writer.list { list in
                list.write(try fields.read(UInt64.self))
                switch name {
                case "BlockHeadersPacket": list.write(list: try fields.readList(of: Header.self))
                case "BlockBodiesPacket": list.write(list: try fields.readList(of: BlockBody.self))
                case "PooledTransactionsPacket": list.write(list: try fields.readList(of: Transaction.self))
                case "ReceiptsPacket69": try copyReceipts(&fields, &list)
                default: list.writeRaw(try fields.readRaw())
                }
            }
            #expect(writer.bytes == bytes, "\(name)")
            seen.insert(name)
        }
        #expect(seen.count == 8)
    }

    private func copyReceipts(_ reader: inout RLPReader, _ writer: inout RLPWriter) throws {
        let blocks = try reader.readList(limit: 10) { (list) throws(RLPError) in
            try list.readList(limit: 10) { (list) throws(RLPError) in try Receipt(withoutBloomFrom: &list) }
        }
        #expect(blocks.map { $0.map(\.status) } == [[.failed, .succeeded]])
        #expect(blocks.first?.map(\.cumulativeGasUsed) == [333, 444])
        writer.list { list in
            for block in blocks { list.list { list in for receipt in block { receipt.encodeWithoutBloom(to: &list) } } }
        }
    }

    @Test func newBlockMessage() throws {
        let bytes = try TestVectors.hex("05-mainnet-samples/reth-eth-wire/new_block_network_rlp.hex.gz")
        var reader = RLPReader(bytes)
        var fields = try reader.readList()
        let block = try Block(from: &fields)
        let difficulty = try fields.read(UInt256.self)
        try fields.expectEnd()
        #expect(block.number == 19_410_658)
        #expect(OrderedTrie.root(of: block.transactions.map(\.encoded)) == block.header.transactionsRoot)
        var writer = RLPWriter()
        writer.list { list in
            list.write(block)
            list.write(difficulty)
        }
        #expect(writer.bytes == bytes)
    }
}

extension [Receipt] {
    fileprivate init(receiptsIn bytes: [UInt8]) throws {
        var reader = RLPReader(bytes)
        self = try reader.readList(of: Receipt.self)
    }
}
