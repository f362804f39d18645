import Primitives
import Testing

@Suite struct IPAddressTests {
    /// Text read, and the canonical form (RFC 5952) that is written.
    static let forms = [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "0.0.0.0"),
        ("255.255.255.255", "255.255.255.255"),
        ("::", "::"),
        ("::1", "::1"),
        ("1::", "1::"),
        ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("0:0:0:0:0:0:0:0", "::"),
        ("fe80::0001", "fe80::1"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("::ffff:192.0.2.33", "192.0.2.33"),
        ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
    ]

    @Test(arguments: forms) func text(_ text: String, _ canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
        #expect(IPAddress(bytes: address.bytes) == address)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.+4", "1.2.3.", "1..2.3", " 1.2.3.4", "1.2.3.4 ",
        ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "::+1", "1:2:3:4:5:6:7:8::",
        "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "fe80::1%eth0", "[::1]", "::-1", ":1:2:3:4:5:6:7",
    ])
    func otherTextIsRefused(_ text: String) { #expect(IPAddress(text) == nil) }

    @Test func mappedAddressesAreV4() throws {
        let bytes = [UInt8](repeating: 0, count: 10) + [0xff, 0xff, 10, 0, 0, 1]
        let address = try #require(IPAddress(bytes: bytes))
        #expect(address.isV4)
        #expect(address.bytes == [10, 0, 0, 1])
        #expect(IPAddress(bytes: [1, 2, 3]) == nil)
    }

    @Test func kinds() throws {
        func ip(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
        for lan in [
            "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.4.4", "169.254.1.1", "127.9.9.9", "::1", "fd00::1",
            "fe80::1",
        ] {
            #expect(try ip(lan).isLAN, "\(lan)")
        }
        for other in ["9.255.255.255", "172.15.0.1", "172.32.0.1", "192.169.0.1", "8.8.8.8", "fec0::1", "2001:db8::1"] {
            #expect(try !ip(other).isLAN, "\(other)")
        }
        #expect(try ip("127.0.0.1").isLoopback && ip("::1").isLoopback && !ip("128.0.0.1").isLoopback)
        #expect(try ip("224.0.0.1").isMulticast && ip("239.1.1.1").isMulticast && ip("ff02::1").isMulticast)
        #expect(try !ip("240.0.0.1").isMulticast && !ip("fe80::1").isMulticast)
        #expect(try ip("0.0.0.0").isUnspecified && ip("::").isUnspecified && !ip("::1").isUnspecified)
    }

    @Test func endpoints() throws {
        for text in ["1.2.3.4:30303", "[2001:db8::1]:1", "[::]:65535", "0.0.0.0:0"] {
            #expect(try #require(Endpoint(text)).description == text)
        }
        for text in [
            "1.2.3.4", "::1:80", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:+80", "[1.2.3.4]:80", "[::1]", "[::1]80", ":80",
        ] {
            #expect(Endpoint(text) == nil, "\(text)")
        }
    }
}
