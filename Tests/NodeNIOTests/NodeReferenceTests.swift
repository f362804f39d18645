import Chain
import EthCrypto
import NodeNIO
import NodeRecord
import Primitives
import Testing

@Suite("Nodes as an operator names them")
struct NodeReferenceTests {
    private static let key = DevAccounts.nodeKey(0)
    private static let id = key.publicKey.hex

    private func record(ip: IPAddress?, tcp: UInt64) throws -> NodeRecord {
        var draft = NodeRecordDraft()
        draft.setAddress(ip)
        draft.set(NodeRecord.Key.tcp, integer: tcp)
        draft.set(NodeRecord.Key.udp, integer: 9)
        return try draft.signed(seq: 1, by: Self.key)
    }

    @Test func recordsAndURLsInOneList() throws {
        let record = try record(ip: .v4(0x0a00_0001), tcp: 30303)
        let text = " \(record),\n enode://\(Self.id)@10.0.0.2:5 ,, enode://\(Self.id)@host.example:6?discport=7\n"
        let nodes = try NodeReference.list(text)
        #expect(nodes.map(\.publicKey) == Array(repeating: Self.key.publicKey, count: 3))
        #expect(nodes[0].contact == NodeContact(record))
        #expect(nodes[1].contact?.tcpEndpoint == Endpoint(ip: .v4(0x0a00_0002), port: 5))
        #expect(nodes[2].contact == nil)
        #expect(nodes.allSatisfy { $0.dialObstacle == nil && $0.discoveryObstacle == nil })
        #expect(try NodeReference.list(" \n,").isEmpty)
    }

    @Test func whatIsWrongIsSaid() throws {
        let noAddress = try record(ip: nil, tcp: 1)
        for (text, words) in [
            ("http://x", "must begin with enode:// or enr:"), ("enode://12@1.2.3.4:5", "128 hexadecimal digits"),
            ("enode://\(Self.id)@1.2.3.4", "TCP port"), ("enode://\(Self.id)", "has no address"),
            ("enr:-abc", "no valid node record"), ("\(noAddress)", "has no address"),
        ] {
            do throws(NodeReferenceError) {
                _ = try NodeReference(text)
                Issue.record("\(text) is taken")
            } catch {
                #expect("\(error)".contains(words), "\(error)")
            }
        }
    }

    @Test func addressesThatNobodyHas() throws {
        let noPort = try NodeReference("enode://\(Self.id)@1.2.3.4:0?discport=9")
        #expect(noPort.dialObstacle?.contains("TCP port 0") == true && noPort.discoveryObstacle == nil)
        let name = try NodeReference("enode://\(Self.id)@host:0?discport=9")
        #expect(name.dialObstacle?.contains("TCP port 0") == true)
        #expect(try NodeReference("enode://\(Self.id)@1.2.3.4:9?discport=0").discoveryObstacle != nil)
        for ip in ["0.0.0.0", "224.0.0.1", "[::]", "[ff02::1]"] {
            let node = try NodeReference("enode://\(Self.id)@\(ip):30303")
            #expect(node.dialObstacle?.contains("no node") == true && node.discoveryObstacle != nil)
        }
        #expect(try NodeReference("\(try record(ip: .loopback, tcp: 0))").dialObstacle != nil)
    }
}
