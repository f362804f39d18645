import Chain
import DevP2P
public import EthNode
import EthWire
public import Primitives
public import SansIO
import Trie

/// Sends large blocks that nobody has sealed and that are due in the future: soon, in an hour, or never. A node that keeps
/// what is early until it is due has its memory filled, and no place left for an honest block from a clock that is ahead.
public struct FutureBlocks: Behaviour {
    public var period: Duration? { .seconds(1) }

    private static let victims = 6
    private static let never: UInt64 = 1 << 62

    private var forgery: Forgery
    private var random: NodeRandom
    private let body: BlockBody
    private let root: Hash32

    /// - Parameter bodyBytes: the size of each block.
    public init(chain: EthConfiguration, bodyBytes: Int = 20_000, random: NodeRandom) {
        self.random = random
        forgery = Forgery(chain.genesis.config, random: self.random.fork())
        body = BlockBody(transactions: [forgery.transaction(0, dataBytes: bodyBytes)])
        root = OrderedTrie.root(of: body.transactions.map(\.encoded))
    }

    public mutating func deeds(
        of node: SimulatedNode, among others: [Endpoint], now: Instant, random: inout NodeRandom
    ) -> [Deed] {
        guard let head = node.block(behindHead: 0) else { return [] }
        let sum = node.totalDifficulty(of: head) &+ 2
        return node.peers(sharing: "eth").shuffled(using: &self.random).prefix(Self.victims).map { peer in
            let due = [now.unixSeconds + 5, now.unixSeconds + 60, now.unixSeconds + 3_600, Self.never]
            let moment = due[Int(self.random.next() % UInt64(due.count))]
            var header = forgery.header(after: head.header, hash: head.hash, timestamp: moment)
            header.transactionsRoot = root
            return peer.deed(.newBlock(Block(header: header, body: body), totalDifficulty: sum))
        }
    }
}
