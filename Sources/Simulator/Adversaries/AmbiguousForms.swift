public import DevP2P
import Gossip
public import Primitives
public import SansIO

/// Holds blocks up by being first: it pushes the true header of each block with one short id for all of its transactions, so
/// that no pool helps, and when it is asked for them it gives the true ones, just late enough for others to have waited.
public struct AmbiguousForms: Behaviour {
    public var period: Duration? { .milliseconds(50) }

    /// Well below what an answer may take (`BlockGossipLimits.transactionsTimeout`).
    private static let delay = Duration.milliseconds(550)
    /// Answers kept at most; beyond it they go out at once.
    private static let maxHeld = 4_096

    private struct Held {
        let message: OutboundMessage
        let connection: ConnectionID
        let due: Instant
    }

    private var held: [Held] = []

    public init() {}

    public mutating func outgoing(_ outgoing: OutgoingMessage, by node: SimulatedNode) -> [OutboundMessage] {
        switch outgoing.blocksID {
        case .compactBlock: return [ambiguous(outgoing)]
        case .blockTransactions where held.count < Self.maxHeld:
            held.append(
                Held(message: outgoing.message, connection: outgoing.connection, due: outgoing.now + Self.delay))
            return []
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

    /// The compact block with its first id in the place of each.
    private func ambiguous(_ outgoing: OutgoingMessage) -> OutboundMessage {
        let message = outgoing.message
        guard case .compactBlock(let block)? = outgoing.blocks, var rlp = message.rlp, block.ids.count > 6,
            let start = (0...rlp.count - block.ids.count).first(where: { start in
                rlp[start] == block.ids.first && rlp[start..<start + block.ids.count].elementsEqual(block.ids)
            })
        else { return message }
        let first = block.ids.prefix(6)
        rlp.replaceSubrange(start..<start + block.ids.count, with: (0..<block.ids.count / 6).flatMap { _ in first })
        return OutboundMessage(capability: message.capability, id: message.id, compressing: rlp)
    }
}
