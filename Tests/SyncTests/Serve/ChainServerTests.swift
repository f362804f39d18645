import Chain
import EthCrypto
import EthWire
import KeyValue
import Primitives
import RLP
import Storage
import Testing

@testable import Sync

struct ChainServerTests {
    private static let chain = TestChain(length: 1500)
    private static let branch: TestChain = chain.branch(after: 1000, length: 200, salt: 3, difficulty: 1)
    private static let store: ChainStore = {
        let store = ChainStore(MemoryStore())
        try? chain.store(upTo: 1500, in: store)
        var batch = WriteBatch()
        for block in branch.blocks[1001...] { batch.put(block: block, receipts: [], totalDifficulty: 1) }
        try? store.store.write(batch, durable: false)
        return store
    }()
    private let server: ChainServer = ChainServer(ChainServerTests.store)

    private func numbers(_ request: HeadersRequest) throws -> [UInt64] {
        try server.headers(request).decoded().map(\.number)
    }

    struct ByNumber: Sendable {
        var start: UInt64
        var limit: UInt64
        var skip: UInt64 = 0
        var isReverse = false
        var expected: [UInt64]
    }

    @Test(
        "canonical headers by number",
        arguments: [
            .init(start: 0, limit: 3, expected: [0, 1, 2]),
            .init(start: 1498, limit: 10, expected: [1498, 1499, 1500]),
            .init(start: 1500, limit: 1, expected: [1500]),
            .init(start: 1501, limit: 1, expected: []),
            .init(start: 5, limit: 0, expected: []),
            .init(start: 5, limit: .max, skip: 500, expected: [5, 506, 1007]),
            .init(start: 0, limit: 4, skip: 1, expected: [0, 2, 4, 6]),
            .init(start: 0, limit: 4, skip: 749, expected: [0, 750, 1500]),
            .init(start: 3, limit: 10, isReverse: true, expected: [3, 2, 1, 0]),
            .init(start: 10, limit: 10, skip: 3, isReverse: true, expected: [10, 6, 2]),
            .init(start: 5, limit: 10, skip: 9, isReverse: true, expected: [5]),
            .init(start: 1501, limit: 5, isReverse: true, expected: []),
            // Numbers at the end of their range: go-ethereum answers the first with headers 0 ... 3.
            .init(start: .max, limit: 5, expected: []),
            .init(start: .max - 2, limit: 1024, expected: []),
            .init(start: .max, limit: 5, isReverse: true, expected: []),
            .init(start: 7, limit: 5, skip: .max, expected: [7]),
            .init(start: 7, limit: 5, skip: .max - 1, expected: [7]),
            .init(start: 7, limit: 5, skip: .max - 7, expected: [7]),
            .init(start: 7, limit: 5, skip: .max, isReverse: true, expected: [7]),
            .init(start: 7, limit: 5, skip: 6, isReverse: true, expected: [7, 0]),
            .init(start: .max, limit: .max, skip: .max, isReverse: true, expected: []),
        ] as [ByNumber])
    func byNumber(request: ByNumber) throws {
        let asked = HeadersRequest(
            from: .number(request.start), limit: request.limit, skip: request.skip, isReverse: request.isReverse)
        #expect(try numbers(asked) == request.expected)
    }

    @Test("at most 1024 headers, forwards and backwards")
    func maxCount() throws {
        #expect(try numbers(HeadersRequest(from: .number(0), limit: .max)) == Array(0...1023))
        #expect(
            try numbers(HeadersRequest(from: .number(1500), limit: 2000, isReverse: true)) == (477...1500).reversed())
        let hash = Self.chain.blocks[100].hash
        #expect(try numbers(HeadersRequest(from: .hash(hash), limit: 5000)) == Array(100...1123))
    }

    @Test("by hash: canonical ones as by number, others alone or with their ancestors")
    func byHash() throws {
        let canonical = Self.chain.blocks[1200].hash
        let other = Self.branch.blocks[1200].hash
        func ask(_ hash: Hash32, _ limit: UInt64, skip: UInt64 = 0, isReverse: Bool = false) throws -> [Hash32] {
            try server.headers(HeadersRequest(from: .hash(hash), limit: limit, skip: skip, isReverse: isReverse))
                .decoded().map(\.hash)
        }
        func hashes(_ chain: TestChain, _ numbers: Int...) -> [Hash32] { numbers.map { chain.blocks[$0].hash } }
        #expect(try ask(canonical, 3) == hashes(Self.chain, 1200, 1201, 1202))
        #expect(try ask(canonical, 3, skip: 99) == hashes(Self.chain, 1200, 1300, 1400))
        #expect(try ask(canonical, 2, isReverse: true) == hashes(Self.chain, 1200, 1199))
        #expect(try ask(canonical, 9, skip: 599, isReverse: true) == hashes(Self.chain, 1200, 600, 0))
        #expect(try ask(canonical, 9, skip: .max, isReverse: true) == hashes(Self.chain, 1200))
        #expect(try ask(canonical, 9, skip: .max) == hashes(Self.chain, 1200))
        // Nothing follows from a block that isn't canonical, but everything leads to it.
        #expect(try ask(other, 5) == [other])
        #expect(try ask(other, 0) == [])
        #expect(try ask(other, 3, isReverse: true) == hashes(Self.branch, 1200, 1199, 1198))
        let ancestors = try ask(other, 1024, isReverse: true)
        #expect(ancestors.count == 1024 && ancestors.last == Self.chain.blocks[177].hash)
        // With a distance, one answer goes at most 100 blocks along a branch.
        #expect(try ask(other, 5, skip: 49, isReverse: true) == hashes(Self.branch, 1200, 1150, 1100))
        let low = Self.branch.blocks[1060].hash
        #expect(try ask(low, 5, skip: 99, isReverse: true) == [low] + hashes(Self.chain, 960, 860, 760, 660))
        #expect(try ask(low, 2, skip: 1060, isReverse: true) == [low])
        #expect(try ask(low, 2, skip: 1059, isReverse: true) == [low, TestChain.genesis.hash])
        #expect(try ask(Hash32(filledWith: 1), 5) == [])
        #expect(try ask(Hash32(filledWith: 1), 5, isReverse: true) == [])
    }

    @Test("bodies in the order asked for, canonical or not, as they are stored, up to the first unknown one")
    func bodies() throws {
        let blocks = [Self.chain.blocks[7], Self.branch.blocks[1100], Self.chain.blocks[0], Self.chain.blocks[7]]
        let answer = try server.bodies(blocks.map(\.hash))
        #expect(try answer.decoded() == blocks.map(\.body))
        #expect(answer.items().map(Array.init) == blocks.map(\.body.rlp))
        let gap = [blocks[0].hash, Hash32(filledWith: 4), blocks[1].hash]
        #expect(try server.bodies(gap).decoded() == [blocks[0].body])
        #expect(try server.bodies([]).count == 0)
        let many = Array(repeating: Self.chain.blocks[5].hash, count: 4000)
        #expect(try server.bodies(many).count == 1024)
    }

    /// A store with blocks whose bodies have these sizes, roughly.
    private func store(bodyBytes: [Int]) throws -> (ChainStore, [Hash32]) {
        let store = ChainStore(MemoryStore())
        let key = try PrivateKey([UInt8](repeating: 7, count: 32))
        var batch = WriteBatch()
        var hashes: [Hash32] = []
        for (index, size) in bodyBytes.enumerated() {
            var header = Header()
            header.number = UInt64(index)
            let transaction = LegacyTransaction(
                nonce: 0, gasPrice: 1, gasLimit: 1, to: Address(), data: [UInt8](repeating: 1, count: size)
            ).signed(by: key, chainID: 1)
            let block = Block(header: header, body: BlockBody(transactions: [transaction]))
            batch.put(block: block, receipts: [], totalDifficulty: 1)
            hashes.append(block.hash)
        }
        try store.store.write(batch, durable: false)
        return (store, hashes)
    }

    @Test("an answer ends with the item that passes 2 MiB, and never becomes larger than a message")
    func sizes() throws {
        let half = 1 << 19
        let (small, hashes) = try store(bodyBytes: Array(repeating: half, count: 8))
        // Four of half a megabyte and their headers are more than two.
        #expect(try ChainServer(small).bodies(hashes).count == 4)
        let (large, largeHashes) = try store(bodyBytes: [half, 9 << 20, half])
        #expect(try ChainServer(large).bodies(largeHashes).count == 2)
        let (larger, largerHashes) = try store(bodyBytes: [half, half, half, 9 << 20, half])
        #expect(try ChainServer(larger).bodies(largerHashes).count == 3)
        let (tooLarge, tooLargeHashes) = try store(bodyBytes: [(10 << 20) + 1])
        #expect(try ChainServer(tooLarge).bodies(tooLargeHashes).count == 0)
    }

    @Test("receipts in both forms")
    func receipts() throws {
        let log = Log(address: Address(), topics: [Hash32(filledWith: 2)], data: [1, 2, 3])
        let lists = [
            [Receipt(type: 0, status: .succeeded, cumulativeGasUsed: 21_000)], [],
            [
                Receipt(type: 2, status: .failed, cumulativeGasUsed: 5, logs: [log, log]),
                Receipt(type: 1, status: .succeeded, cumulativeGasUsed: 6),
            ],
        ]
        let store = ChainStore(MemoryStore())
        var batch = WriteBatch()
        for (index, receipts) in lists.enumerated() {
            batch.put(block: Self.chain.blocks[index], receipts: receipts, totalDifficulty: 1)
        }
        try store.store.write(batch, durable: false)
        let hashes = Self.chain.blocks[...2].map(\.hash)
        let server = ChainServer(store)
        for form in [ReceiptForm.withBloom, .withoutBloom] {
            let answer = try server.receipts(hashes, form)
            #expect(answer.form == form)
            #expect(try answer.decoded() == lists)
            #expect(try server.receipts([hashes[0], Hash32(filledWith: 1), hashes[1]], form).count == 1)
            #expect(try server.receipts(Array(repeating: hashes[1], count: 2000), form).count == 1024)
        }
        // eth/69's as they are stored.
        let stored = try hashes.flatMap { try store.encodedReceipts($0) ?? [] }
        #expect(try server.receipts(hashes, .withoutBloom).payload == stored[...])
    }

    @Test("each request gets an answer with its id, other messages none")
    func answers() throws {
        let hashes = [Self.chain.blocks[3].hash]
        func id(_ message: EthMessage) -> UInt64? {
            server.answer(to: message, receipts: .withBloom)?.requestID
        }
        #expect(id(.getBlockHeaders(requestID: 5, HeadersRequest(from: .number(1), limit: 2))) == 5)
        #expect(id(.getBlockBodies(requestID: .max, hashes)) == .max)
        #expect(id(.getReceipts(requestID: 0, hashes)) == 0)
        #expect(id(.blockBodies(requestID: 1, EncodedList(encoded: [[UInt8]]()))) == nil)
        #expect(id(.newBlockHashes([])) == nil)
        #expect(id(.getPooledTransactions(requestID: 4, hashes)) == nil)
        // A store that can't be read: an empty answer is better than none.
        var batch = WriteBatch()
        batch.put(.numbers, hashes[0].bytes, [1])
        let damaged = ChainStore(MemoryStore())
        try damaged.store.write(batch, durable: false)
        for message: EthMessage in [
            .getBlockHeaders(requestID: 9, HeadersRequest(from: .hash(hashes[0]), limit: 1)),
            .getBlockBodies(requestID: 9, hashes), .getReceipts(requestID: 9, hashes),
        ] {
            #expect(throws: StorageError.self) { try damaged.number(of: hashes[0]) }
            switch ChainServer(damaged).answer(to: message, receipts: .withoutBloom) {
            case .blockHeaders(9, let list): #expect(list.isEmpty)
            case .blockBodies(9, let list): #expect(list.isEmpty)
            case .receipts(9, let list): #expect(list.count == 0)
            case let other: Issue.record("\(String(describing: other))")
            }
        }
    }
}
