import CBench
import Discovery
import EthCrypto
import NodeRecord
import Primitives
import SansIO

/// The table, and discv4's datagrams.
enum DiscoveryFigures {
    static let group = "discovery"
    private static let now = Instant(nanoseconds: 1_800_000_000_000_000_000)

    static func all() throws -> [Figure] { try table() + packets() }

    private static func table() throws -> [Figure] {
        var random = NodeRandom(seed: 23)
        let key = PrivateKey.generate(using: &random).publicKey
        let localID = NodeID(Hash32(filledBy: { $0.copyBytes(from: random.bytes(32)) }))
        var table = KademliaTable(localID: localID)
        // Half of all ids would go to the last bucket: the ids are made to fit instead.
        for bucket in 0..<KademliaTable.bucketCount {
            for place in 0..<KademliaTable.bucketSize {
                let id = id(atDistance: 240 + bucket, from: localID, &random)
                let address = IPAddress.v4(UInt32(0x0100_0001 + 0x1_0000 * bucket + 0x100 * place))
                table.add(
                    NodeContact(publicKey: key, id: id, ip: address, udpPort: 30303, tcpPort: 30303), from: .firstHand,
                    isLive: true, now: now, random: &random)
            }
        }
        guard table.count == KademliaTable.bucketCount * KademliaTable.bucketSize else {
            throw BenchFailure.unexpected("a table of \(table.count) entries")
        }
        let far = (0..<256).map { _ in NodeID(Hash32(filledBy: { $0.copyBytes(from: random.bytes(32)) })) }
        let all = (0..<256).map { id(atDistance: 240 + $0 % 17, from: localID, &random) }
        let timings = race([
            { count in for index in 0..<count { keep(table.closestLive(to: far[index & 255], count: 16)) } },
            { count in for index in 0..<count { keep(table.closestLive(to: all[index & 255], count: 16)) } },
            { count in for index in 0..<count { keep(table.closest(to: all[index & 255], count: 16)) } },
        ])
        let names = ["live, random targets", "live, targets at all distances", "targets at all distances"]
        return zip(names, timings).map {
            Figure(group, "closest 16 of a full table: \($0)", $1, unit: "us", goal: .atMost(1))
        }
    }

    /// A random id at a logarithmic distance.
    private static func id(atDistance distance: Int, from local: NodeID, _ random: inout NodeRandom) -> NodeID {
        var bytes = random.bytes(32)
        let first = (256 - distance) / 8
        for index in 0..<first { bytes[index] = 0 }
        let bit = UInt8(1) << UInt8((distance - 1) % 8)
        bytes[first] = bytes[first] & (bit - 1) | bit
        let difference = Hash32(filledBy: { $0.copyBytes(from: bytes) })
        return NodeID(local.hash ^ difference)
    }

    private static func packets() throws -> [Figure] {
        var random = NodeRandom(seed: 29)
        let key = PrivateKey.generate(using: &random)
        let endpoint = EndpointV4(ip: .loopback, udpPort: 30303, tcpPort: 30303)
        let ping = PacketV4.ping(.init(from: endpoint, to: endpoint, expiration: 1_900_000_000, enrSeq: 1))
        let datagram = EnvelopeV4.seal(ping, by: key).datagram
        guard try EnvelopeV4(datagram: datagram[...]).sender == key.publicKey else {
            throw BenchFailure.unexpected("another sender")
        }
        let sealing = race([
            { count in for _ in 0..<count { keep(EnvelopeV4.seal(ping, by: key)) } }, { bench_sign($0) },
        ])
        let opening = race([
            { count in for _ in 0..<count { keep(try? EnvelopeV4(datagram: datagram[...])) } }, { bench_recover($0) },
        ])
        return [
            Figure(
                group, "discv4 ping sealed", sealing[0], besides: "bare: 1 signature", sealing[1], unit: "us",
                goal: .ratio(0.9)),
            Figure(
                group, "discv4 ping opened", opening[0], besides: "bare: 1 recovery", opening[1], unit: "us",
                goal: .ratio(0.9)),
        ]
    }
}
