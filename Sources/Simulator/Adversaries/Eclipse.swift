public import DevP2P
import Discovery
import EthCrypto
import EthWire
import NodeCore
public import NodeRecord
public import Primitives
public import SansIO

/// Surrounds victims with hostile nodes and keeps the chain from them (Marcus, Heilman and Goldberg 2018, eprint
/// 2018/236; Henningsen et al. 2019; Wang et al. 2026, arXiv 2601.16560).
///
/// Whoever asks it for nodes is told of hostile ones only; it pings victims so as to come into their tables, and dials
/// them again and again so as to take their inbound slots, whatever it takes: a victim that starts anew meets it first.
/// In a session it takes part in the meshes and passes nothing on. It says that it has no block but the first, so that
/// nobody asks it for one and it never fails to answer: it commits no offence.
public struct Eclipse: Behaviour {
    public var period: Duration? { .seconds(1) }

    /// Victims that are pinged, and that are dialed, in a second.
    private static let attemptsPerSecond = 4

    private let fellows: [NodeContact]
    private let victims: [NodeContact]
    private var random: NodeRandom

    /// - Parameters:
    ///   - fellows: the attacker's nodes, which are named to whoever asks.
    ///   - victims: whom to surround.
    public init(fellows: [NodeContact], victims: [NodeContact], random: NodeRandom) {
        self.fellows = fellows
        self.victims = victims
        self.random = random
    }

    public mutating func outgoing(_ outgoing: OutgoingMessage, by node: SimulatedNode) -> [OutboundMessage] {
        if case .status(var status)? = outgoing.eth {
            let genesis = status.genesisHash
            status.head =
                switch status.head {
                case .totalDifficulty: .totalDifficulty(1, hash: genesis)
                case .range: .range(BlockRange(earliest: 0, latest: 0, latestHash: genesis))
                }
            return [outgoing.replaced(by: .status(status))]
        }
        return outgoing.isContent || outgoing.isAnnouncement ? [] : [outgoing.message]
    }

    public mutating func outgoing(datagram: [UInt8], by node: SimulatedNode) -> [UInt8] {
        guard case .neighbors(let answer)? = node.packet(in: datagram) else { return datagram }
        let named = fellows.shuffled(using: &random).prefix(PacketV4.Neighbors.maxNodes).map { fellow in
            PacketV4.Node(
                endpoint: EndpointV4(ip: fellow.ip, udpPort: fellow.udpPort, tcpPort: fellow.tcpPort),
                publicKey: fellow.publicKey)
        }
        let packet = PacketV4.neighbors(.init(nodes: named, expiration: answer.expiration))
        return node.datagram(packet, by: node.configuration.key)
    }

    public mutating func deeds(
        of node: SimulatedNode, among others: [Endpoint], now: Instant, random: inout NodeRandom
    ) -> [Deed] {
        let connected = Set(node.core.peerStatuses.map(\.peer.id))
        let missing = victims.filter { !connected.contains($0.id) }.shuffled(using: &random)
        let pinged = victims.shuffled(using: &random)
        return missing.prefix(Self.attemptsPerSecond).map { .connect($0) }
            + pinged.prefix(Self.attemptsPerSecond).map { .datagram(ping($0, node, now), to: $0.udpEndpoint) }
    }

    private func ping(_ victim: NodeContact, _ node: SimulatedNode, _ now: Instant) -> [UInt8] {
        let own = node.configuration
        let ping = PacketV4.Ping(
            from: EndpointV4(ip: own.advertisedIP, udpPort: own.udpPort, tcpPort: own.tcpPort),
            to: EndpointV4(ip: victim.ip, udpPort: victim.udpPort, tcpPort: victim.tcpPort),
            expiration: now.unixSeconds &+ 20, enrSeq: nil)
        return node.datagram(.ping(ping), by: own.key)
    }
}
