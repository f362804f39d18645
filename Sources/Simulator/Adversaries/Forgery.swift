import Chain
import EthCrypto
import Primitives
import SansIO
import Storage

/// What liars make up.
struct Forgery {
    private var random: NodeRandom
    /// Signed as they should be, by a key that owns nothing. Made when they are needed, and used again.
    private var transactions: [Transaction] = []
    private let chain: ChainConfig
    private let key: PrivateKey

    private static let maxTransactions = 64

    init(_ chain: ChainConfig, random: NodeRandom) {
        self.chain = chain
        self.random = random
        key = PrivateKey.generate(using: &self.random)
    }

    /// Transactions that are in no block.
    mutating func transactions(_ count: Int) -> [Transaction] {
        while transactions.count < min(count, Self.maxTransactions) {
            transactions.append(transaction(UInt64(transactions.count), dataBytes: 0))
        }
        guard !transactions.isEmpty else { return [] }
        return (0..<count).map { transactions[$0 % transactions.count] }
    }

    func transaction(_ nonce: UInt64, dataBytes: Int) -> Transaction {
        DynamicFeeTransaction(
            chainID: chain.chainID, nonce: nonce, maxPriorityFeePerGas: 1_000_000_000,
            maxFeePerGas: 1_000_000_000_000, gasLimit: UInt64(21_000 + 16 * dataBytes), to: key.publicKey.address,
            value: 1, data: [UInt8](repeating: 1, count: dataBytes)
        ).signed(by: key)
    }

    /// A header without transactions that could follow another one, but for its state, and for its seal, which nobody has
    /// made.
    mutating func header(after parent: Header, hash: Hash32, timestamp: UInt64? = nil) -> Header {
        var header = parent
        header.parentHash = hash
        header.number = parent.number + 1
        header.timestamp = timestamp ?? parent.timestamp + (chain.clique?.period ?? 1)
        header.baseFeePerGas = GasRules.nextBaseFee(parent: parent, config: chain)
        header.gasUsed = 0
        return unsealed(header)
    }

    /// Another header at the same place.
    mutating func sibling(of header: Header) -> Header { unsealed(header) }

    private mutating func unsealed(_ header: Header) -> Header {
        var header = header
        header.stateRoot = hash()
        header.transactionsRoot = .emptyTrieRoot
        // Half of all numbers are a point of the curve, so that half of these seals are somebody's.
        let seal = random.bytes(Signature.byteCount - 1) + [UInt8(random.next() & 1)]
        header.extraData = header.extraData.dropLast(Signature.byteCount) + seal
        return header
    }

    mutating func hash() -> Hash32 {
        let bytes = random.bytes(Hash32.byteCount)
        return Hash32(filledBy: { $0.copyBytes(from: bytes) })
    }
}

extension SimulatedNode {
    /// One of the latest blocks of the node's own chain, but not the genesis block.
    func block(behindHead back: UInt64) -> Block? {
        let chain = ChainStore(store)
        guard let head = (try? chain.head()) ?? nil, head.number > back,
            let hash = (try? chain.canonicalHash(head.number - back)) ?? nil
        else { return nil }
        return (try? chain.block(hash)) ?? nil
    }

    /// The sum of difficulties that a true sender of the block would give.
    func totalDifficulty(of block: Block) -> UInt256 {
        ((try? ChainStore(store).totalDifficulty(block.hash)) ?? nil) ?? 1
    }
}
