public import DevP2P
import EthWire
import Gossip
public import Primitives
public import SansIO
import Sync
import Topics

/// Holds up a node's chain with half of its peers and hardly a message, and without an offence that bans (Heo et al.,
/// NDSS 2023: 25 of a node's 50 peers).
///
/// Blocks and transactions are announced before they are sent. Whoever asks gets the answer just before he would stop to
/// wait: the true one for blocks and bodies, an empty one for headers and transactions, where that costs little or
/// nothing. Half of these nodes answer before the node would ask another one as well, so as to be asked again, and the
/// other half only before it would call it an offence, so as to be in its way for longest. They take both times from the
/// node's own limits. Meanwhile nobody else is asked. And it says that it has more blocks than anybody, so that downloads
/// are tried from it first.
public struct Gethlighting: Behaviour {
    public var period: Duration? { .milliseconds(100) }

    /// How far ahead of its true head it says to be: near enough to be believed, too far to wait for gossip.
    private static let lead: UInt64 = 64
    /// Answers kept at most; beyond it they go out at once.
    private static let maxHeld = 4_096

    private struct Held {
        let message: OutboundMessage
        let connection: ConnectionID
        let due: Instant
    }

    private var held: [Held] = []
    private let isPrompt: Bool
    private var random: NodeRandom

    /// - Parameter isPrompt: whether it answers before others are asked as well; by lot where it isn't given.
    public init(isPrompt: Bool? = nil, random: NodeRandom) {
        var random = random
        self.isPrompt = isPrompt ?? Bool.random(using: &random)
        self.random = random
    }

    public mutating func outgoing(_ outgoing: OutgoingMessage, by node: SimulatedNode) -> [OutboundMessage] {
        if let wait = patience(outgoing) {
            return (outgoing.announcement.map { [$0] } ?? []) + hold(useless(outgoing), outgoing, for: wait)
        }
        if let announcement = outgoing.announcement { return [announcement] }
        switch outgoing.eth {
        case .status(var status)?:
            switch status.head {
            case .totalDifficulty(let sum, _):
                status.head = .totalDifficulty(sum &+ UInt256(2 * Self.lead), hash: falseHash())
            case .range(let range): status.head = .range(exaggerated(range))
            }
            return [outgoing.replaced(by: .status(status))]
        case .blockRangeUpdate(let range)?: return [outgoing.replaced(by: .blockRangeUpdate(exaggerated(range)))]
        default: return [outgoing.message]
        }
    }

    public mutating func deeds(
        of node: SimulatedNode, among others: [Endpoint], now: Instant, random: inout NodeRandom
    ) -> [Deed] {
        let due = held.filter { $0.due <= now }
        held.removeAll { $0.due <= now }
        return due.map { .message($0.message, to: $0.connection) }
    }

    /// Answers that help nobody, as far as they are no offence.
    private func useless(_ outgoing: OutgoingMessage) -> OutboundMessage {
        switch outgoing.eth {
        case .blockHeaders(let id, _)?:
            outgoing.replaced(by: EthMessage.blockHeaders(requestID: id, EncodedList([])))
        case .pooledTransactions(let id, _)?:
            outgoing.replaced(by: EthMessage.pooledTransactions(requestID: id, EncodedList([])))
        default: outgoing.message
        }
    }

    /// Two ways around the world.
    private static let way = Duration.milliseconds(500)

    /// How long who has asked waits for such an answer, less the way to him.
    private func patience(_ outgoing: OutgoingMessage) -> Duration? {
        let (sync, blocks) = (DownloadLimits.standard, BlockGossipLimits())
        let limit: Duration? =
            switch (outgoing.ethID, outgoing.blocksID) {
            case (.blockHeaders, _): isPrompt ? sync.headersPatience : sync.headersTimeout
            case (.blockBodies, _): isPrompt ? sync.bodiesPatience : sync.bodiesTimeout
            case (.pooledTransactions, _): TransactionGossipLimits().requestTimeout
            case (_, .blocks): blocks.requestTimeout
            case (_, .compactBlock): TopicLimits().wantTimeout
            case (_, .blockTransactions): blocks.transactionsTimeout
            default: nil
            }
        return limit.map { $0 - Self.way }
    }

    private mutating func hold(
        _ message: OutboundMessage, _ outgoing: OutgoingMessage, for wait: Duration
    ) -> [OutboundMessage] {
        guard held.count < Self.maxHeld else { return [message] }
        held.append(Held(message: message, connection: outgoing.connection, due: outgoing.now + wait))
        return []
    }

    private mutating func exaggerated(_ range: BlockRange) -> BlockRange {
        BlockRange(earliest: range.earliest, latest: range.latest &+ Self.lead, latestHash: falseHash())
    }

    private mutating func falseHash() -> Hash32 {
        let bytes = random.bytes(Hash32.byteCount)
        return Hash32(filledBy: { $0.copyBytes(from: bytes) })
    }
}
