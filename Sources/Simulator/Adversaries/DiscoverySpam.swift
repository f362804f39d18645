import Discovery
import EthCrypto
import NodeCore
public import Primitives
public import SansIO

/// Floods others with discovery packets: noise, and well-formed ones by keys that nobody has seen.
public struct DiscoverySpam: Behaviour {
    public let period: Duration?

    /// - Parameter perSecond: datagrams a second.
    public init(perSecond: Int = 50) {
        period = .nanoseconds(1_000_000_000 / Int64(max(1, perSecond)))
    }

    public mutating func deeds(
        of node: SimulatedNode, among others: [Endpoint], now: Instant, random: inout NodeRandom
    ) -> [Deed] {
        guard !others.isEmpty else { return [] }
        let victim = others[Int.random(in: 0..<others.count, using: &random)]
        return [.datagram(datagram(&random, node), to: victim)]
    }

    private func datagram(_ random: inout NodeRandom, _ node: SimulatedNode) -> [UInt8] {
        if Bool.random(using: &random) { return random.bytes(Int.random(in: 1...1280, using: &random)) }
        let key = PrivateKey.generate(using: &random)
        let packet = PacketV4.findNode(
            .init(target: key.publicKey, expiration: node.core.status.startedAt.unixSeconds &+ 1_000_000))
        return node.datagram(packet, by: key)
    }
}
