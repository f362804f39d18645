public import DevP2P
import Discovery
import EthCrypto
import EthWire
import Gossip
import NodeCore
public import NodeRecord
public import Primitives
public import SansIO
import Topics

/// Tells others that honest nodes are where they aren't: in prunes, as whoever leaves a mesh names others instead, and in
/// the answers of discovery. It passes on whatever it gets, so that it is believed.
public struct HearsayLiar: Behaviour {
    public var period: Duration? { .seconds(1) }

    /// Peers that are told something in a second: with more it would be in no mesh, deliver nothing and not be believed.
    private static let prunesPerSecond = 2

    /// Short, so that it comes back into the meshes and goes on delivering.
    private static let backoffSeconds: UInt64 = 2

    private let victims: [NodeContact]
    private var random: NodeRandom

    /// - Parameter victims: about whom it lies.
    public init(victims: [NodeContact], random: NodeRandom) {
        self.victims = victims
        self.random = random
    }

    public mutating func deeds(
        of node: SimulatedNode, among others: [Endpoint], now: Instant, random: inout NodeRandom
    ) -> [Deed] {
        node.peers(sharing: "blocks").shuffled(using: &self.random).prefix(Self.prunesPerSecond).map { peer in
            let prune = MeshPrune(seconds: Self.backoffSeconds, contacts: falsehoods(node))
            return peer.deed(BlocksMessage.prune(prune))
        }
    }

    public mutating func outgoing(_ outgoing: OutgoingMessage, by node: SimulatedNode) -> [OutboundMessage] {
        switch (outgoing.blocks, outgoing.topics) {
        case (.prune(var prune), _):
            prune.contacts = falsehoods(node)
            return [outgoing.replaced(by: BlocksMessage.prune(prune))]
        case (_, .prune(let topic, var prune)):
            prune.contacts = falsehoods(node)
            return [outgoing.replaced(by: TopicsMessage.prune(topic: topic, prune))]
        default: return [outgoing.message]
        }
    }

    public mutating func outgoing(datagram: [UInt8], by node: SimulatedNode) -> [UInt8] {
        guard case .neighbors(let answer)? = node.packet(in: datagram) else { return datagram }
        let named = victims.shuffled(using: &random).prefix(PacketV4.Neighbors.maxNodes).map { victim in
            let place = falsePlace(node)
            return PacketV4.Node(
                endpoint: EndpointV4(ip: place.ip, udpPort: place.port, tcpPort: place.port),
                publicKey: victim.publicKey)
        }
        let packet = PacketV4.neighbors(.init(nodes: named, expiration: answer.expiration))
        return node.datagram(packet, by: node.configuration.key)
    }

    private mutating func falsehoods(_ node: SimulatedNode) -> [MeshContact] {
        victims.shuffled(using: &random).prefix(TopicLimits.maxContacts).map {
            MeshContact(endpoint: falsePlace(node), publicKey: $0.publicKey)
        }
    }

    /// The liar itself, who has another identity, or a port of its where nobody is.
    private mutating func falsePlace(_ node: SimulatedNode) -> Endpoint {
        let isOwn = Bool.random(using: &random)
        return isOwn
            ? node.endpoint
            : Endpoint(ip: node.endpoint.ip, port: UInt16.random(in: 40_000..<50_000, using: &random))
    }
}
