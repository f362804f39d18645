public import DevP2P
import EthNode
import NodeCore
import Primitives
public import SansIO
import Storage

/// Passes blocks on with another state root, so that no signature fits, and several of each.
public struct InvalidBlocks: Behaviour {
    /// How many false blocks for one that is passed on.
    private let copies: Int
    private var random: NodeRandom

    public init(copies: Int = 4, random: NodeRandom) {
        self.copies = copies
        self.random = random
    }

    public mutating func outgoing(_ outgoing: OutgoingMessage, by node: SimulatedNode) -> [OutboundMessage] {
        let message = outgoing.message
        let root = node.chain.status.head.stateRoot.bytes
        guard let rlp = message.rlp, rlp.count > 400, let at = Self.place(of: root, in: rlp) else { return [message] }
        return (0..<copies).map { _ in
            var changed = rlp
            changed.replaceSubrange(at..<at + root.count, with: random.bytes(root.count))
            return OutboundMessage(capability: message.capability, id: message.id, compressing: changed)
        }
    }

    private static func place(of part: [UInt8], in whole: [UInt8]) -> Int? {
        (0...whole.count - part.count).first { whole[$0] == part[0] && whole[$0..<$0 + part.count].elementsEqual(part) }
    }
}
