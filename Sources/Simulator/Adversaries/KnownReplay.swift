import Chain
public import DevP2P
public import EthNode
import EthWire
import Gossip
public import Primitives
public import SansIO

/// Sends blocks again that are in everybody's chain, under their true headers and with bodies that aren't theirs: as
/// NewBlock, as compact blocks, and to whoever asks for a block. Whoever takes the header's hash for the block passes the
/// false body on in its own name, and its neighbours hold that against it.
public struct KnownReplay: Behaviour {
    public var period: Duration? { .milliseconds(250) }

    /// How far back the blocks are.
    private static let depth: UInt64 = 30
    private static let victims = 3

    private var forgery: Forgery
    private var random: NodeRandom

    public init(chain: EthConfiguration, random: NodeRandom) {
        self.random = random
        forgery = Forgery(chain.genesis.config, random: self.random.fork())
    }

    public mutating func deeds(
        of node: SimulatedNode, among others: [Endpoint], now: Instant, random: inout NodeRandom
    ) -> [Deed] {
        let back = UInt64.random(in: 0...Self.depth, using: &self.random)
        guard let block = node.block(behindHead: back) else { return [] }
        let sum = node.totalDifficulty(of: block)
        let falsehood = falsified(block)
        let byEth = node.peers(sharing: "eth").shuffled(using: &self.random).prefix(Self.victims)
        let byMesh = node.peers(sharing: "blocks").shuffled(using: &self.random).prefix(1)
        return byEth.map { $0.deed(.newBlock(falsehood, totalDifficulty: sum)) }
            + byMesh.map {
                $0.deed(
                    BlocksMessage.compactBlock(
                        CompactBlock(
                            falsehood, totalDifficulty: sum, nonce: self.random.next(),
                            prefilled: Array(falsehood.transactions.indices))))
            }
    }

    public mutating func outgoing(_ outgoing: OutgoingMessage, by node: SimulatedNode) -> [OutboundMessage] {
        guard case .blocks(let id, let list)? = outgoing.blocks, let blocks = try? list.decoded() else {
            return [outgoing.message]
        }
        let changed = blocks.map { GossipBlock(block: falsified($0.block), totalDifficulty: $0.totalDifficulty) }
        return [outgoing.replaced(by: BlocksMessage.blocks(requestID: id, EncodedList(changed)))]
    }

    private mutating func falsified(_ block: Block) -> Block {
        var body = block.body
        body.transactions = forgery.transactions(max(1, block.transactions.count))
        return Block(header: block.header, body: body)
    }
}
