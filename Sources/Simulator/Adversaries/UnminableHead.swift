import Chain
public import DevP2P
public import EthNode
import EthWire
import Gossip
public import Primitives
public import SansIO
import Storage

/// Sends blocks that nobody has sealed: on top of the head as soon as there is one, beside it, and on old parents, whose
/// checks are dear. It says to be far ahead, and shows whoever asks a made-up header behind the true ones, whose body it
/// never sends: a node that has taken the true ones waits for it, and seals nothing meanwhile.
public struct UnminableHead: Behaviour {
    public var period: Duration? { .milliseconds(100) }

    /// Of the sibling blocks and of those on old parents, at each call.
    private static let victims = 8
    private static let depth: UInt64 = 40
    /// How far ahead it says to be: so far that nobody waits for gossip.
    private static let lead: UInt64 = 20

    private var forgery: Forgery
    private var random: NodeRandom
    private var head = Hash32()
    /// The header that it shows on top of its head.
    private var next: Header?

    public init(chain: EthConfiguration, random: NodeRandom) {
        self.random = random
        forgery = Forgery(chain.genesis.config, random: self.random.fork())
    }

    public mutating func deeds(
        of node: SimulatedNode, among others: [Endpoint], now: Instant, random: inout NodeRandom
    ) -> [Deed] {
        guard let block = node.block(behindHead: 0) else { return [] }
        let sum = node.totalDifficulty(of: block)
        var deeds: [Deed] = []
        if block.hash != head {
            head = block.hash
            let header = forgery.header(after: block.header, hash: block.hash)
            var shown = header
            shown.transactionsRoot = forgery.hash()
            next = shown
            deeds += announce(header, sum &+ 2, node)
        }
        let back = UInt64.random(in: 1...Self.depth, using: &self.random)
        let parent = node.block(behindHead: back) ?? block
        for peer in node.peers(sharing: "eth").shuffled(using: &self.random).prefix(Self.victims) {
            let isSibling = Bool.random(using: &self.random)
            let header =
                isSibling
                ? forgery.sibling(of: block.header) : forgery.header(after: parent.header, hash: parent.hash)
            deeds.append(peer.deed(.newBlock(Self.empty(header), totalDifficulty: sum &+ 1)))
        }
        return deeds
    }

    public mutating func outgoing(_ outgoing: OutgoingMessage, by node: SimulatedNode) -> [OutboundMessage] {
        switch outgoing.eth {
        case .status(var status)?:
            guard case .range(let range) = status.head else { return [outgoing.message] }
            status.head = .range(ahead(range.earliest, range.latest))
            return [outgoing.replaced(by: .status(status))]
        case .blockRangeUpdate(let range)?:
            return [outgoing.replaced(by: .blockRangeUpdate(ahead(range.earliest, range.latest)))]
        case .blockHeaders(let id, let list)?:
            guard let next, let headers = try? list.decoded(), headers.last?.hash == next.parentHash else {
                return [outgoing.message]
            }
            return [outgoing.replaced(by: .blockHeaders(requestID: id, EncodedList(headers + [next])))]
        // Who has nothing would be left alone.
        case .blockBodies(_, let list)?: return list.isEmpty ? [] : [outgoing.message]
        default: return [outgoing.message]
        }
    }

    private mutating func ahead(_ earliest: UInt64, _ latest: UInt64) -> BlockRange {
        BlockRange(earliest: earliest, latest: latest &+ Self.lead, latestHash: forgery.hash())
    }

    /// By all ways that there are.
    private mutating func announce(_ header: Header, _ sum: UInt256, _ node: SimulatedNode) -> [Deed] {
        let block = Self.empty(header)
        let byEth = node.peers(sharing: "eth").flatMap { peer -> [Deed] in
            let pushed = peer.deed(.newBlock(block, totalDifficulty: sum))
            guard peer.name.version >= EthVersion.eth69.number else { return [pushed] }
            return [pushed, peer.deed(.blockRangeUpdate(ahead(0, header.number)))]
        }
        let compact = CompactBlock(block, totalDifficulty: sum, nonce: random.next())
        return byEth + node.peers(sharing: "blocks").map { $0.deed(BlocksMessage.compactBlock(compact)) }
    }

    private static func empty(_ header: Header) -> Block { Block(header: header, body: BlockBody()) }
}
