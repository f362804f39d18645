public import DevP2P
import Discovery
import EthCrypto
import NodeCore
public import Primitives
public import SansIO
import Storage

/// Ids of `eth` messages, as far as adversaries tell them apart.
private enum Eth {
    static let status: UInt8 = 0
    /// Transactions, BlockHeaders, BlockBodies, NewBlock, PooledTransactions, Receipts.
    static let contents: Set<UInt8> = [2, 4, 6, 7, 10, 16]
}

/// Shakes hands and then says nothing: it holds a slot, and asks and answers nothing.
public struct Silent: Behaviour {
    public init() {}

    public mutating func outgoing(
        _ message: OutboundMessage, of capability: CapabilityName, by node: SimulatedNode
    ) -> [OutboundMessage] {
        capability.name == "eth" && message.id == Eth.status ? [message] : []
    }
}

/// Announces blocks and transactions, and never delivers one.
public struct Withholding: Behaviour {
    /// An announcement is smaller, and anything with a block's header in it larger.
    private static let largestAnnouncement = 400

    public init() {}

    public mutating func outgoing(
        _ message: OutboundMessage, of capability: CapabilityName, by node: SimulatedNode
    ) -> [OutboundMessage] {
        let isContent =
            capability.name == "eth"
            ? Eth.contents.contains(message.id) : message.byteCount > Self.largestAnnouncement
        return isContent ? [] : [message]
    }
}

/// Passes blocks on with another state root, so that no signature fits, and several of each.
public struct InvalidBlocks: Behaviour {
    /// How many false blocks for one that is passed on.
    private let copies: Int
    private var random: NodeRandom

    public init(copies: Int = 4, random: NodeRandom) {
        self.copies = copies
        self.random = random
    }

    public mutating func outgoing(
        _ message: OutboundMessage, of capability: CapabilityName, by node: SimulatedNode
    ) -> [OutboundMessage] {
        let root = node.core.status.head.stateRoot.bytes
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

/// Sends messages of random bytes under every id, and now and then bytes that are no frame.
public struct Garbage: Behaviour {
    public var period: Duration? { .seconds(1) }

    public init() {}

    public mutating func deeds(of node: SimulatedNode, among others: [Endpoint], random: inout NodeRandom) -> [Deed] {
        let capabilities = node.core.localHello.capabilities
        return node.connectionIDs.map { connection in
            guard Int.random(in: 0..<4, using: &random) > 0 else {
                return .bytes(random.bytes(Int.random(in: 1...2000, using: &random)), to: connection)
            }
            let place = Int.random(in: 0..<capabilities.count, using: &random)
            let id = UInt8.random(in: 0..<max(1, capabilities[place].messageCount), using: &random)
            let payload = random.bytes(Int.random(in: 0...2000, using: &random))
            return .message(OutboundMessage(capability: place, id: id, compressing: payload), to: connection)
        }
    }
}

/// Floods others with discovery packets: noise, and well-formed ones by keys that nobody has seen.
public struct DiscoverySpam: Behaviour {
    public let period: Duration?
    private let isPlain: Bool

    /// - Parameter perSecond: datagrams a second.
    public init(perSecond: Int = 50, isPlain: Bool) {
        period = .nanoseconds(1_000_000_000 / Int64(max(1, perSecond)))
        self.isPlain = isPlain
    }

    public mutating func deeds(of node: SimulatedNode, among others: [Endpoint], random: inout NodeRandom) -> [Deed] {
        guard !others.isEmpty else { return [] }
        let victim = others[Int.random(in: 0..<others.count, using: &random)]
        return [.datagram(datagram(&random, node), to: victim)]
    }

    private func datagram(_ random: inout NodeRandom, _ node: SimulatedNode) -> [UInt8] {
        if Bool.random(using: &random) { return random.bytes(Int.random(in: 1...1280, using: &random)) }
        let key = PrivateKey.generate(using: &random)
        let packet = PacketV4.findNode(
            .init(target: key.publicKey, expiration: node.core.status.startedAt.unixSeconds &+ 1_000_000))
        return isPlain
            ? EnvelopeV4.sealPlain(packet, by: key.publicKey).datagram : EnvelopeV4.seal(packet, by: key).datagram
    }
}
