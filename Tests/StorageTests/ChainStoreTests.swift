import Chain
import EthCrypto
import KeyValue
import Primitives
import RLP
import Storage
import Testing
import Trie

struct ChainStoreTests {
    static func block(_ number: UInt64, extra: UInt8 = 0, transactions: [Transaction] = []) -> Block {
        var header = Header()
        header.number = number
        header.extraData = [extra]
        header.difficulty = UInt256(number + 2)
        return Block(header: header, body: BlockBody(transactions: transactions))
    }

    static func transaction(_ nonce: UInt64) throws -> Transaction {
        let key = try PrivateKey([UInt8](repeating: 1, count: 32))
        return DynamicFeeTransaction(
            chainID: 1, nonce: nonce, maxPriorityFeePerGas: 1, maxFeePerGas: 2, gasLimit: 21_000, to: Address()
        ).signed(by: key)
    }

    @Test func blocksComeBack() throws {
        let store = MemoryStore()
        let chain = ChainStore(store)
        let block = try Self.block(7, transactions: [Self.transaction(0), Self.transaction(1)])
        let receipts = [
            Receipt(type: 2, status: .succeeded, cumulativeGasUsed: 21_000),
            Receipt(
                type: 0, status: .failed, cumulativeGasUsed: 50_000,
                logs: [Log(address: Address(), topics: [.zero], data: [1, 2])]),
            Receipt(type: 0, status: .root(.emptyCodeHash), cumulativeGasUsed: 50_001),
        ]
        #expect(try chain.block(block.hash) == nil)
        #expect(try chain.head() == nil)
        var batch = WriteBatch()
        batch.put(block: block, receipts: receipts, totalDifficulty: UInt256.max)
        batch.putCanonical(block)
        batch.putHead(block.hash)
        store.write(batch, durable: true)
        let read = try #require(try chain.block(block.hash))
        #expect(read.header == block.header)
        #expect(read.body == block.body)
        #expect(try chain.header(number: 7) == block.header)
        #expect(try chain.header(number: 8) == nil)
        #expect(try chain.receipts(block.hash) == receipts)
        #expect(try chain.totalDifficulty(block.hash) == UInt256.max)
        #expect(try chain.number(of: block.hash) == 7)
        #expect(try chain.contains(block.hash))
        #expect(try !chain.contains(.zero))
        let head = try #require(try chain.head())
        #expect(head == ChainHead(hash: block.hash, header: block.header, totalDifficulty: .max))
        #expect(try chain.encodedHeader(block.hash) == block.header.rlp)
        #expect(try chain.encodedBody(block.hash) == block.body.rlp)
        #expect(try chain.encodedReceipts(block.hash)?.isEmpty == false)
        for (index, transaction) in block.transactions.enumerated() {
            let location = TransactionLocation(blockHash: block.hash, number: 7, index: index)
            #expect(try chain.transactionLocation(transaction.hash) == location)
        }
    }

    @Test func aReorganisationMovesTransactions() throws {
        let store = MemoryStore()
        let chain = ChainStore(store)
        let both = try Self.transaction(0)
        let onlyOld = try Self.transaction(1)
        let old = Self.block(3, extra: 1, transactions: [both, onlyOld])
        let new = Self.block(3, extra: 2, transactions: [both])
        var batch = WriteBatch()
        for block in [old, new] { batch.put(block: block, receipts: [], totalDifficulty: 9) }
        batch.putCanonical(old)
        store.write(batch, durable: false)
        #expect(try chain.isCanonical(old.hash))
        batch = WriteBatch()
        batch.deleteCanonical(old)
        batch.putCanonical(new)
        store.write(batch, durable: false)
        #expect(try !chain.isCanonical(old.hash))
        #expect(try chain.isCanonical(new.hash))
        #expect(try chain.block(old.hash) != nil)
        #expect(try chain.transactionLocation(both.hash)?.blockHash == new.hash)
        #expect(try chain.transactionLocation(both.hash)?.index == 0)
        #expect(try chain.transactionLocation(onlyOld.hash) == nil)
        #expect(try chain.canonicalHash(3) == new.hash)
    }

    @Test func runsOfHeadersLeaveOutOtherBranches() throws {
        let store = MemoryStore()
        let chain = ChainStore(store)
        var canonical: [Block] = []
        for number in 0..<300 as Range<UInt64> {
            var batch = WriteBatch()
            for extra in 0..<3 as Range<UInt8> {
                let block = Self.block(number, extra: extra)
                batch.put(block: block, receipts: [], totalDifficulty: 1)
                if number % 3 == UInt64(extra) {
                    canonical.append(block)
                    batch.putCanonical(block)
                }
            }
            store.write(batch, durable: false)
        }
        for (start, limit) in [(0, 300), (0, 1000), (250, 10), (299, 5), (300, 5), (100, 0)] as [(UInt64, Int)] {
            var hashes: [Hash32] = []
            try chain.forEachCanonicalHeader(from: start, limit: limit) { hash, encoded in
                #expect(Keccak256.hash(encoded) == hash)
                hashes.append(hash)
                return true
            }
            #expect(hashes == canonical.dropFirst(Int(start)).prefix(limit).map(\.hash))
        }
        var count = 0
        try chain.forEachCanonicalHeader(from: 5, limit: 100) { _, _ in
            count += 1
            return count < 3
        }
        #expect(count == 3)
    }

    @Test func aDatabaseBelongsToOneChain() throws {
        let store = MemoryStore()
        let chain = ChainStore(store)
        let identity = ChainIdentity(genesisHash: .emptyCodeHash, networkID: 5)
        #expect(try chain.identity() == nil)
        try chain.claim(for: identity)
        try chain.claim(for: identity)
        #expect(try chain.identity() == identity)
        for other in [
            ChainIdentity(genesisHash: .zero, networkID: 5),
            ChainIdentity(genesisHash: .emptyCodeHash, networkID: 6),
        ] {
            let error = ChainIdentityError.otherNetwork(expected: other, found: identity)
            #expect(throws: error) { try chain.claim(for: other) }
            #expect("\(error)".contains("datadir belongs to another network"))
        }
        var batch = WriteBatch()
        batch.put(.metadata, Array("identity".utf8), [0xc1, 0x63])
        store.write(batch, durable: false)
        #expect(throws: ChainIdentityError.otherSchema(supported: 1, found: 99)) { try chain.claim(for: identity) }
    }

    /// A damaged record is an error, never an absent one.
    @Test func damageIsAnError() throws {
        let store = MemoryStore()
        let chain = ChainStore(store)
        let block = Self.block(1)
        func damage(_ column: Column, _ key: [UInt8], _ value: [UInt8] = [0xc1]) {
            var batch = WriteBatch()
            batch.put(block: block, receipts: [], totalDifficulty: 1)
            batch.putCanonical(block)
            batch.putHead(block.hash)
            batch.put(column, key, value)
            store.write(batch, durable: false)
        }
        let key = [UInt8](repeating: 0, count: 7) + [1] + block.hash.bytes
        damage(.headers, key)
        #expect(throws: StorageError.self) { try chain.header(block.hash) }
        #expect(throws: StorageError.self) { try chain.head() }
        damage(.bodies, key)
        #expect(throws: StorageError.self) { try chain.block(block.hash) }
        damage(.receipts, key)
        #expect(throws: StorageError.self) { try chain.receipts(block.hash) }
        damage(.difficulties, key, [0])
        #expect(throws: StorageError.self) { try chain.totalDifficulty(block.hash) }
        damage(.numbers, block.hash.bytes)
        #expect(throws: StorageError.self) { try chain.contains(block.hash) }
        damage(.canonical, Array(key.prefix(8)))
        #expect(throws: StorageError.self) { try chain.canonicalHash(1) }
        damage(.metadata, Array("head".utf8))
        #expect(throws: StorageError.self) { try chain.head() }
        damage(.transactions, block.hash.bytes)
        #expect(throws: StorageError.self) { try chain.transactionLocation(block.hash) }
        damage(.metadata, Array("identity".utf8))
        #expect(throws: ChainIdentityError.self) { try chain.identity() }
    }

    @Test func statesAreReadThroughTheStore() throws {
        let store = MemoryStore()
        var trie = MerkleTrie()
        for index in 0..<200 as Range<UInt8> { try trie.set(Keccak256.hash([index]).bytes, to: [index, 1]) }
        let (root, nodes) = trie.commit()
        var batch = WriteBatch()
        batch.put(stateNodes: nodes)
        batch.put(code: [1, 2, 3], hash: Keccak256.hash([1, 2, 3]))
        store.write(batch, durable: false)
        var read = MerkleTrie(root: root, source: StateNodes(store))
        #expect(try read.get(Keccak256.hash([77]).bytes) == [77, 1])
        #expect(try read.get(Keccak256.hash([201]).bytes) == nil)
        let chain = ChainStore(store)
        #expect(try chain.code(Keccak256.hash([1, 2, 3])) == [1, 2, 3])
        #expect(try chain.code(.emptyCodeHash) == [])
        #expect(try chain.code(.zero) == nil)
    }
}
