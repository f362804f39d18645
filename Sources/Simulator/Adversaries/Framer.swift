import Chain
public import DevP2P
public import EthNode
import EthWire
import Gossip
public import Primitives
public import SansIO

/// Makes honest nodes look guilty to each other.
///
/// As soon as it gets a block it sends some peers, before honest ones can, a compact form of it with another number of
/// transactions, with the same id at all places, or with ids of other transactions: who believes it asks honest nodes for
/// places that their own forms don't have. To the request for what is missing it says nothing, gives nothing, or gives
/// others; meanwhile a second, true form of the same block, with half of the transactions in it, crosses the answers that
/// are under way. It announces transactions of others with false sizes and types, and swaps the answers to requests.
///
/// Each lie is told to few peers at a time, so that it keeps most of its sessions for the next ones.
public struct Framer: Behaviour {
    public var period: Duration? { .milliseconds(25) }

    /// Peers that get a false form of a block.
    private static let victims = 3
    /// Peers that get a true one on top of what they have.
    private static let crossed = 4
    /// One of so many announcements and answers of other kinds is false.
    private static let rarity: UInt64 = 8
    private static let maxBlocks = 8

    /// What was done about one block.
    private struct Told {
        let hash: Hash32
        var liedTo: Set<ConnectionID>
        var hasCrossed = false
    }

    private var told: [Told] = []
    private var forgery: Forgery
    private var random: NodeRandom

    public init(chain: EthConfiguration, random: NodeRandom) {
        self.random = random
        forgery = Forgery(chain.genesis.config, random: self.random.fork())
    }

    // MARK: Blocks

    public mutating func incoming(_ incoming: IncomingMessage, at node: SimulatedNode) -> [Deed] {
        switch incoming.blocksID {
        case .compactBlock:
            guard case .compactBlock(let compact)? = incoming.blocks else { return [] }
            return lie(about: compact, from: incoming.connection, node)
        case .getBlockTransactions:
            guard case .getBlockTransactions(let id, _, let indices)? = incoming.blocks else { return [] }
            return answer(id, indices.count, to: incoming.connection, node)
        default: return []
        }
    }

    private mutating func lie(
        about compact: CompactBlock, from sender: ConnectionID, _ node: SimulatedNode
    ) -> [Deed] {
        let hash = compact.header.hash
        guard !told.contains(where: { $0.hash == hash }) else { return [] }
        let others = node.peers(sharing: "blocks").filter { $0.peer.connection != sender }
        let victims = others.shuffled(using: &random).prefix(Self.victims)
        told.append(Told(hash: hash, liedTo: Set(victims.map(\.peer.connection))))
        if told.count > Self.maxBlocks { told.removeFirst() }
        return victims.map { victim in
            let body = BlockBody(transactions: falseTransactions(compact.transactionCount))
            return victim.deed(
                BlocksMessage.compactBlock(
                    CompactBlock(
                        Block(header: compact.header, body: body), totalDifficulty: compact.totalDifficulty,
                        nonce: random.next())))
        }
    }

    /// More than there are, the same again and again, or as many others.
    private mutating func falseTransactions(_ count: Int) -> [Transaction] {
        switch random.next() % 4 {
        case 0: forgery.transactions(max(1, count))
        case 1: forgery.transactions(1).flatMap { [Transaction](repeating: $0, count: max(2, count)) }
        default: forgery.transactions(count + 1 + Int(random.next() % 8))
        }
    }

    private mutating func answer(
        _ id: UInt64, _ count: Int, to connection: ConnectionID, _ node: SimulatedNode
    ) -> [Deed] {
        guard let peer = node.peers(sharing: "blocks").first(where: { $0.peer.connection == connection }) else {
            return []
        }
        switch random.next() % 4 {
        case 0: return []
        case 1:
            return [peer.deed(response(id, forgery.transactions(min(count, 64))))]
        default: return [peer.deed(response(id, []))]
        }
    }

    private func response(_ id: UInt64, _ transactions: [Transaction]) -> BlocksMessage {
        .blockTransactions(requestID: id, EncodedList(transactions))
    }

    /// Once the block is in its own chain it has the true transactions.
    public mutating func deeds(
        of node: SimulatedNode, among others: [Endpoint], now: Instant, random: inout NodeRandom
    ) -> [Deed] {
        guard let last = told.last, !last.hasCrossed, let block = node.block(behindHead: 0), block.hash == last.hash
        else { return [] }
        told[told.count - 1].hasCrossed = true
        let half = Array(block.transactions.indices.filter { _ in Bool.random(using: &self.random) })
        let sum = node.totalDifficulty(of: block)
        return node.peers(sharing: "blocks").shuffled(using: &self.random).prefix(Self.crossed).map { peer in
            peer.deed(
                BlocksMessage.compactBlock(
                    CompactBlock(block, totalDifficulty: sum, nonce: self.random.next(), prefilled: half)))
        }
    }

    // MARK: What it sends

    public mutating func outgoing(_ outgoing: OutgoingMessage, by node: SimulatedNode) -> [OutboundMessage] {
        switch (outgoing.ethID, outgoing.blocksID) {
        case (_, .blockTransactions): return []
        case (_, .compactBlock):
            guard case .compactBlock(let compact)? = outgoing.blocks else { return [outgoing.message] }
            let hash = compact.header.hash
            let isLiedTo = told.contains { $0.hash == hash && $0.liedTo.contains(outgoing.connection) }
            return isLiedTo ? [] : [outgoing.message]
        case (.transactions, _), (.newPooledTransactionHashes, _), (.pooledTransactions, _), (.blockBodies, _):
            guard random.next() % Self.rarity == 0, let eth = outgoing.eth, let falsehood = falsified(eth) else {
                return [outgoing.message]
            }
            return [outgoing.replaced(by: falsehood)]
        default: return [outgoing.message]
        }
    }

    private mutating func falsified(_ message: EthMessage) -> EthMessage? {
        switch message {
        case .transactions(let list):
            guard let transactions = try? list.decoded() else { return nil }
            return .newPooledTransactionHashes(
                Self.falsified(transactions.map(TransactionAnnouncements.Entry.init)))
        case .newPooledTransactionHashes(let announcements):
            return .newPooledTransactionHashes(Self.falsified(Array(announcements.entries)))
        case .pooledTransactions(let id, let list):
            // Without a sidecar both forms have the same bytes.
            return .pooledTransactions(
                requestID: id, EncodedList(encoded: EncodedList(forgery.transactions(list.count)).items()))
        case .blockBodies(let id, let list):
            guard let bodies = try? list.decoded() else { return nil }
            return .blockBodies(requestID: id, EncodedList(bodies.count > 1 ? bodies.reversed() : [BlockBody()]))
        default: return nil
        }
    }

    private static func falsified(_ entries: [TransactionAnnouncements.Entry]) -> TransactionAnnouncements {
        TransactionAnnouncements(
            entries.map {
                TransactionAnnouncements.Entry(type: $0.type ^ 2, size: $0.size &* 2, hash: $0.hash)
            })
    }
}
