import EthCrypto
import NodeRecord
import Primitives
import Testing

@Suite struct EnodeURLTests {
    static let key =
        "1dd9d65c4552b5eb43d5ad55a2ee3f56c6cbc1c64a5c8d659f51fcd51bace24351232b8d7821617d2b29b54b81cdefb9b3e9c37d7fd5"
        + "f63270bcc9e1a6f6a439"

    struct Row: Sendable {
        let location: String
        let host: EnodeURL.Host?
        let tcp: UInt16
        let udp: UInt16
    }

    @Test(arguments: [
        Row(location: "", host: nil, tcp: 0, udp: 0),
        Row(location: "@127.0.0.1:52150", host: .address(.loopback), tcp: 52150, udp: 52150),
        Row(location: "@127.0.0.1:0?discport=30301", host: .address(.loopback), tcp: 0, udp: 30301),
        Row(location: "@[::]:52150", host: .address(.v6(0, 0)), tcp: 52150, udp: 52150),
        Row(location: "@valid.:3", host: .name("valid."), tcp: 3, udp: 3),
        Row(location: "@node-1.my_net:3?discport=0", host: .name("node-1.my_net"), tcp: 3, udp: 0),
    ])
    func formsGoBothWays(_ row: Row) throws {
        let text = "enode://" + Self.key + row.location
        let url = try EnodeURL(text)
        #expect(url.publicKey.hex == Self.key)
        #expect(url.host == row.host)
        #expect(url.tcpPort == row.tcp)
        #expect(url.udpPort == row.udp)
        #expect(url.description == text)
        let ip: IPAddress? = if case .address(let ip) = row.host { ip } else { nil }
        #expect(url.contact?.ip == ip)
    }

    @Test func aNameBecomesAContactWhenItIsResolved() throws {
        let url = try EnodeURL("enode://" + Self.key + "@boot.example:30303?discport=30301")
        #expect(url.contact == nil)
        let contact = url.contact(at: .loopback)
        #expect(contact.udpEndpoint == Endpoint(ip: .loopback, port: 30301))
        #expect(contact.tcpEndpoint == Endpoint(ip: .loopback, port: 30303))
        #expect(contact.id == url.publicKey.nodeID)
        #expect(contact.enode.description == "enode://" + Self.key + "@127.0.0.1:30303?discport=30301")
    }

    @Test func otherParametersAreIgnored() throws {
        let url = try EnodeURL("enode://" + Self.key + "@1.2.3.4:5?x=1&discport=6&y")
        #expect(url.udpPort == 6)
        #expect(try EnodeURL("enode://" + Self.key + "@1.2.3.4:5?x").udpPort == 5)
    }

    @Test(
        arguments: [
            ("", EnodeURL.ParseError.missingPrefix),
            ("http://foobar", .missingPrefix),
            (key, .missingPrefix),
            ("enode://", .invalidPublicKey),
            ("enode://01010101", .invalidPublicKey),
            ("enode://0x" + key + "@1.2.3.4:5", .invalidPublicKey),
            ("enode://" + String(repeating: "0", count: 128) + "@1.2.3.4:5", .invalidPublicKey),
            ("enode://" + key + "@", .invalidPort),
            ("enode://" + key + "@1.2.3.4", .invalidPort),
            ("enode://" + key + "@1.2.3.4:", .invalidPort),
            ("enode://" + key + "@1.2.3.4:foo", .invalidPort),
            ("enode://" + key + "@1.2.3.4:+5", .invalidPort),
            ("enode://" + key + "@1.2.3.4:65536", .invalidPort),
            ("enode://" + key + "@1.2.3.4:5/path", .invalidPort),
            ("enode://" + key + "@:5", .invalidHost),
            ("enode://" + key + "@::1:5", .invalidHost),
            ("enode://" + key + "@[::1:5", .invalidHost),
            ("enode://" + key + "@[::g]:5", .invalidHost),
            ("enode://" + key + "@1.2.3.400:5", .invalidHost),
            ("enode://" + key + "@a..b:5", .invalidHost),
            ("enode://" + key + "@a b:5", .invalidHost),
            ("enode://" + key + "@1.2.3.4:5?discport=foo", .invalidDiscoveryPort),
            ("enode://" + key + "@1.2.3.4:5?discport=70000", .invalidDiscoveryPort),
        ] as [(String, EnodeURL.ParseError)])
    func brokenURLsAreRefused(_ text: String, _ error: EnodeURL.ParseError) {
        #expect(throws: error) { try EnodeURL(text) }
    }
}
