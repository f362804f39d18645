import Chain
import EthCrypto
import KeyValue
import Primitives
import Storage
import Trie

/// Blocks that follow each other and have bodies of their own, but no state and no seal: what a download handles.
struct TestChain: Sendable {
    /// `blocks[n]` has number n.
    var blocks: [Block]

    static let genesis: Block = {
        var header = Header()
        header.difficulty = 1
        header.gasLimit = 30_000_000
        return Block(header: header, body: BlockBody())
    }()

    /// - Parameter salt: tells the blocks of branches apart.
    init(length: Int, salt: UInt8 = 0, emptyEvery: Int = 5) {
        blocks = [Self.genesis]
        extend(by: length, salt: salt, emptyEvery: emptyEvery)
    }

    /// The first `count` blocks after genesis, and others after them.
    func branch(after count: Int, length: Int, salt: UInt8, difficulty: UInt256 = 2) -> TestChain {
        var chain = self
        chain.blocks.removeLast(blocks.count - count - 1)
        chain.extend(by: length, salt: salt, difficulty: difficulty)
        return chain
    }

    mutating func extend(by length: Int, salt: UInt8 = 0, difficulty: UInt256 = 2, emptyEvery: Int = 5) {
        for _ in 0..<length {
            let parent = blocks[blocks.count - 1]
            let number = blocks.count
            let isEmpty = emptyEvery > 0 && number.isMultiple(of: emptyEvery)
            let body = BlockBody(transactions: isEmpty ? [] : Self.transactions(number, count: 1 + number % 3))
            var header = Header()
            header.parentHash = parent.hash
            header.number = UInt64(number)
            header.timestamp = UInt64(number)
            header.difficulty = difficulty
            header.gasLimit = 30_000_000
            header.extraData = [salt]
            header.transactionsRoot = OrderedTrie.root(of: body.transactions.map(\.encoded))
            blocks.append(Block(header: header, body: body))
        }
    }

    var headers: [Header] { blocks.map(\.header) }

    var tip: Block { blocks[blocks.count - 1] }

    /// Of the branch up to block `number`.
    func totalDifficulty(_ number: Int) -> UInt256 {
        blocks[...number].reduce(UInt256.zero) { $0 &+ $1.header.difficulty }
    }

    func head(_ number: Int) -> ChainHead {
        ChainHead(
            hash: blocks[number].hash, header: blocks[number].header, totalDifficulty: totalDifficulty(number))
    }

    /// Writes blocks 0 ... `count`, all canonical.
    func store(upTo count: Int, in chain: ChainStore) throws {
        var batch = WriteBatch()
        var total = UInt256.zero
        for block in blocks[...count] {
            total = total &+ block.header.difficulty
            batch.put(block: block, receipts: [], totalDifficulty: total)
            batch.putCanonical(block)
        }
        batch.putHead(blocks[count].hash)
        try chain.store.write(batch, durable: false)
    }

    /// A few signatures are enough for as many transactions as bodies need: no one here checks nonces.
    private static let pool: [Transaction] = {
        guard let key = try? PrivateKey([UInt8](repeating: 7, count: 32)) else { return [] }
        return (0..<40).map {
            LegacyTransaction(
                nonce: UInt64($0), gasPrice: 1, gasLimit: 21_000, to: Address(), data: [UInt8](repeating: 1, count: 150)
            ).signed(by: key, chainID: 1)
        }
    }()

    private static func transactions(_ number: Int, count: Int) -> [Transaction] {
        (0..<count).map { pool[(number * 3 + $0) % pool.count] }
    }
}
