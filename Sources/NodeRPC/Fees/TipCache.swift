import Chain
import Primitives
import Storage
import Synchronization

/// What tip to offer, from what the newest blocks took (go-ethereum's gas price oracle, with its numbers). Computed once
/// for each head.
final class TipCache: Sendable {
    /// Blocks looked at.
    private static let blockCount = 20
    /// Of each block, the lowest so many tips count.
    private static let tipsPerBlock = 3
    private static let percentile = 60
    /// Tips below this, in wei, are no price but a favour.
    private static let ignoredBelow: UInt256 = 2
    /// In wei; where the chain gives no hint.
    private static let initial: UInt256 = 1_000_000
    private static let maximum: UInt256 = 500_000_000_000

    private let last = Mutex<(head: Hash32, tip: UInt256)>((.zero, initial))

    init() {}

    /// The suggestion at this head, in wei.
    ///
    /// - Complexity: reads 20 blocks at each new head.
    func suggestion(for head: ChainHead, _ chain: ChainReader) throws(RPCError) -> UInt256 {
        let known = last.withLock { $0 }
        if known.head == head.hash { return known.tip }
        var tips: [UInt256] = []
        var hash = head.hash
        for _ in 0..<Self.blockCount {
            guard let block = try chain.block(.hash(hash, mustBeCanonical: false)), block.number > 0 else { break }
            let paid = block.transactions
                .compactMap { $0.effectiveTip(baseFee: block.header.baseFeePerGas) }
                .filter { $0 >= Self.ignoredBelow }
                .sorted()
            // A block without any says that the last price was enough.
            tips += paid.isEmpty ? [known.tip] : paid.prefix(Self.tipsPerBlock)
            hash = block.header.parentHash
        }
        tips.sort()
        let tip = tips.isEmpty ? known.tip : min(tips[(tips.count - 1) * Self.percentile / 100], Self.maximum)
        last.withLock { $0 = (head.hash, tip) }
        return tip
    }
}
