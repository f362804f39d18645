import Discovery
import EthCrypto
import NodeRecord
import Primitives
import SansIO

/// Keys, contacts and ids for the tests of this target.
enum Sample {
    static let start = Instant(unixSeconds: 1_700_000_000)

    /// A key that follows from a number.
    static func key(_ number: UInt64) -> PrivateKey {
        var random = NodeRandom(seed: number, stream: 0x6b65_79)
        return PrivateKey.generate(using: &random)
    }

    /// A contact at 127.0.0.1 and the port 30000 + `number`, with the key of that number.
    static func contact(_ number: UInt16) -> NodeContact {
        NodeContact(
            publicKey: key(UInt64(number)).publicKey, ip: .loopback, udpPort: 30000 + number, tcpPort: 30000 + number)
    }

    /// An id at logarithmic distance `distance` (1 ... 256) from `base`; `salt` fills the lower bits.
    static func id(at distance: Int, from base: NodeID, salt: UInt64) -> NodeID {
        var random = NodeRandom(seed: salt, stream: UInt64(distance))
        var bytes = random.bytes(32)
        let bit = 256 - distance
        for index in 0..<32 where index * 8 < bit { bytes[index] = 0 }
        bytes[bit / 8] &= 0xff >> (bit % 8)
        bytes[bit / 8] |= 0x80 >> (bit % 8)
        return NodeID(Hash32(bytes).map { $0 ^ base.hash } ?? Hash32())
    }

    /// A contact whose id is chosen freely, which only the table and the lookup put up with.
    static func contact(id: NodeID, ip: String, port: UInt16 = 30303) -> NodeContact {
        NodeContact(
            publicKey: PublicKey(id.bytes + id.bytes) ?? PublicKey(), id: id, ip: IPAddress(ip) ?? .unspecified,
            udpPort: port, tcpPort: port)
    }
}
