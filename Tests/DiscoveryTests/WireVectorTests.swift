import Discovery
import EthCrypto
import NodeRecord
import Primitives
import TestVectors
import Testing

/// Packets of other implementations.
@Suite(.enabled(if: TestVectors.isPresent, "the folder of test vectors is absent"))
struct WireVectorTests {
    static func endpoint(_ value: JSONValue?) throws -> EndpointV4 {
        EndpointV4(
            ip: try IPAddress(#require(value?[0]?.string)), udpPort: UInt16(try #require(value?[1]?.uint64)),
            tcpPort: UInt16(try #require(value?[2]?.uint64)))
    }

    @Test func packetsOfEIP8() throws {
        let file = try #require(TestVectors.json("02c-wire-vectors/eip8.json")["discv4"])
        let signer = try PrivateKey(hex: #require(file["signerKey"]?.string)).publicKey
        let vectors = try #require(file["packets"]?.array)
        #expect(vectors.count == 6)
        for vector in vectors {
            let datagram = try #require(vector["packet"]?.bytes)
            let envelope = try EnvelopeV4(datagram: datagram[...])
            #expect(envelope.sender == signer)
            let want = try #require(vector["want"])
            let expiration = try #require(want["expiration"]?.uint64)
            switch envelope.packet {
            case .ping(let ping):
                #expect(ping.version == want["version"]?.uint64)
                #expect(try ping.from == Self.endpoint(want["from"]))
                #expect(try ping.to == Self.endpoint(want["to"]))
                #expect(ping.expiration == expiration)
                #expect(ping.enrSeq == want["enrSeqField"]?.uint64)
            case .pong(let pong):
                #expect(try pong.to == Self.endpoint(want["to"]))
                #expect(pong.pingHash.hex == want["replyTok"]?.string)
                #expect(pong.expiration == expiration)
                // A list stands where the number would be.
                #expect(pong.enrSeq == nil)
            case .findNode(let query):
                #expect(query.target.hex == want["target"]?.string)
                #expect(query.expiration == expiration)
            case .neighbors(let neighbors):
                #expect(neighbors.expiration == expiration)
                let nodes = try #require(want["nodes"]?.array)
                #expect(neighbors.nodes.count == nodes.count)
                for (node, wanted) in zip(neighbors.nodes, nodes) {
                    #expect(node.publicKey.hex == wanted["id"]?.string)
                    #expect(node.endpoint.ip?.description == wanted["ip"]?.string)
                    #expect(UInt64(node.endpoint.udpPort) == wanted["udp"]?.uint64)
                    #expect(UInt64(node.endpoint.tcpPort) == wanted["tcp"]?.uint64)
                }
            case .enrRequest, .enrResponse: Issue.record("no such packet among the vectors")
            }
            #expect(try UInt64(Self.type(envelope.packet)) == #require(vector["type"]?.uint64))
        }
    }

    static func type(_ packet: PacketV4) -> Int {
        switch packet {
        case .ping: 1
        case .pong: 2
        case .findNode: 3
        case .neighbors: 4
        case .enrRequest: 5
        case .enrResponse: 6
        }
    }

    /// Real packets of January 2018: hash and signature fit, and each decodes.
    @Test func packetsOfACapture() throws {
        let lines = try TestVectors.lines("07-discovery/discv4-capture.txt.gz")
        #expect(lines.count == 1196)
        var counts = [Int](repeating: 0, count: 7)
        var late = 0
        for line in lines {
            let parts = line.split(separator: " ")
            let seconds = try #require(UInt64(parts[0]))
            let datagram = try #require([UInt8](hex: parts[1]))
            let envelope = try EnvelopeV4(datagram: datagram[...])
            try envelope.sender.validated()
            counts[Self.type(envelope.packet)] += 1
            let expiration: UInt64 =
                switch envelope.packet {
                case .ping(let packet): packet.expiration
                case .pong(let packet): packet.expiration
                case .findNode(let packet): packet.expiration
                case .neighbors(let packet): packet.expiration
                case .enrRequest(let packet): packet.expiration
                case .enrResponse: seconds
                }
            if expiration < seconds { late += 1 }
        }
        #expect(counts == [0, 724, 302, 63, 107, 0, 0])
        // Only nodes with a wrong clock send packets that are void already.
        #expect(late < lines.count / 10)
    }
}
