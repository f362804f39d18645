import EthCrypto
import NodeRecord
import Primitives
import RLP
import Testing

/// The example record of EIP-778 and what a peer can do to it.
@Suite struct NodeRecordTests {
    static let keyHex = "b71c71a67e1177ad4e901695e1b4b9ee17ae16c6668d313eac2f96dbcda3f291"
    static let text =
        "enr:-IS4QHCYrYZbAKWCBRlAy5zzaDZXJBGkcnh4MHcBFZntXNFrdvJjX04jRzjzCBOonrkTfj499SZuOh8R33Ls8RRcy5wBgmlk"
        + "gnY0gmlwhH8AAAGJc2VjcDI1NmsxoQPKY0yuDUmstAHYpMa2_oxVtw0RW_QAdpzBQA8yWM0xOIN1ZHCCdl8"
    static let rlp =
        "f884b8407098ad865b00a582051940cb9cf36836572411a47278783077011599ed5cd16b76f2635f4e234738f30813a89eb913"
        + "7e3e3df5266e3a1f11df72ecf1145ccb9c01826964827634826970847f00000189736563703235366b31a103ca634cae0d49ac"
        + "b401d8a4c6b6fe8c55b70d115bf400769cc1400f3258cd31388375647082765f"

    static func example() throws -> NodeRecord { try NodeRecord(text: text) }

    @Test func theExampleDecodes() throws {
        let record = try Self.example()
        #expect(record.seq == 1)
        #expect(record.id.hex == "a448f24c6d18e575453db13171562b71999873db5b286df957af199ec94617f7")
        #expect(record.ip == .loopback)
        #expect(record.udp == 30303)
        #expect(record.tcp == nil)
        #expect(record.ip6 == nil)
        #expect(Hex.encode(record.encoded) == Self.rlp)
        #expect(record.pairs.map { String(decoding: $0.key, as: UTF8.self) } == ["id", "ip", "secp256k1", "udp"])
        #expect(record.publicKey.nodeID == record.id)
        #expect(record.description == Self.text)
    }

    @Test func theExampleIsSigned() throws {
        var draft = NodeRecordDraft()
        // In another order than that of the keys.
        draft.set("udp", integer: 30303)
        draft.setAddress(.loopback)
        let record = try draft.signed(seq: 1, by: PrivateKey(hex: Self.keyHex))
        #expect(Hex.encode(record.encoded) == Self.rlp)
        #expect(try record == Self.example())
    }

    @Test func textWithOtherEndsIsRefused() {
        #expect(throws: NodeRecordError.missingPrefix) { try NodeRecord(text: "ENR:" + Self.text.dropFirst(4)) }
        #expect(throws: NodeRecordError.missingPrefix) { try NodeRecord(text: "") }
        #expect(throws: NodeRecordError.invalidBase64) { try NodeRecord(text: Self.text + "=") }
        #expect(throws: NodeRecordError.invalidBase64) { try NodeRecord(text: Self.text + "\n") }
        #expect(throws: NodeRecordError.tooLarge(3003)) {
            try NodeRecord(text: "enr:" + String(repeating: "A", count: 4000))
        }
    }

    @Test func bytesAfterARecordAreRefused() throws {
        let bytes = try Self.example().encoded
        #expect(throws: NodeRecordError.malformed(.trailingBytes)) { try NodeRecord(encoded: bytes + [0]) }
    }

    @Test func everyTruncationIsRefused() throws {
        let bytes = try Self.example().encoded
        for count in 0..<bytes.count {
            #expect(throws: NodeRecordError.self) { try NodeRecord(encoded: bytes.prefix(count)) }
        }
    }

    @Test func everyFlippedBitIsRefused() throws {
        let bytes = try Self.example().encoded
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: NodeRecordError.self) { try NodeRecord(encoded: flipped) }
        }
    }

    /// The structure is judged before the signature, so these have none that fits.
    @Test func brokenStructuresAreRefused() throws {
        func error(_ build: (inout RLPWriter) -> Void) -> NodeRecordError? {
            var writer = RLPWriter()
            writer.list { list in
                list.write([UInt8](repeating: 1, count: 64))
                build(&list)
            }
            do {
                _ = try NodeRecord(encoded: writer.bytes)
                return nil
            } catch { return error }
        }
        func key(_ list: inout RLPWriter, _ name: String) { list.write(name.utf8) }
        let point = try Self.example().publicKey.compressed
        #expect(error { _ in } == .malformed(.truncated))
        #expect(error { $0.write(UInt64(1)) } == .unknownIdentityScheme)
        #expect(error { $0.write([0, 1] as [UInt8]) } == .malformed(.nonCanonicalInteger))
        #expect(
            error { list in
                list.write(UInt64(1)); key(&list, "id")
            } == .missingValue)
        #expect(
            error { list in
                list.write(UInt64(1))
                for name in ["id", "v4", "a", "b"] { key(&list, name) }
            } == .unsortedKeys)
        #expect(
            error { list in
                list.write(UInt64(1))
                for name in ["id", "v4", "id", "v4"] { key(&list, name) }
            } == .unsortedKeys)
        #expect(
            error { list in
                list.write(UInt64(1))
                for name in ["id", "v4"] { key(&list, name) }
            } == .invalidPublicKey)
        #expect(
            error { list in
                list.write(UInt64(1))
                for name in ["id", "v5", "secp256k1"] { key(&list, name) }
                list.write(point)
            } == .unknownIdentityScheme)
        #expect(
            error { list in
                list.write(UInt64(1))
                for name in ["id", "v4", "secp256k1"] { key(&list, name) }
                list.write(point)
            } == .invalidSignature)
        #expect(
            error { list in
                list.write(UInt64(1))
                for name in ["id", "v4", "secp256k1"] { key(&list, name) }
                list.write([2] + [UInt8](repeating: 0xff, count: 32))
            } == .invalidPublicKey)
    }

    @Test func aHighSIsRefused() throws {
        var bytes = try Self.example().encoded
        // s lies after the list header (2), the string header (2) and r (32).
        let order = UInt256(
            limbs: (0xbfd2_5e8c_d036_4141, 0xbaae_dce6_af48_a03b, 0xffff_ffff_ffff_fffe, 0xffff_ffff_ffff_ffff))
        let s = try #require(UInt256(bigEndian: bytes[36..<68]))
        let high = (order &- s).bigEndian
        bytes.replaceSubrange(36..<68, with: high.bytes)
        #expect(throws: NodeRecordError.invalidSignature) { try NodeRecord(encoded: bytes) }
    }

    @Test func theLimitIsThreeHundredBytes() throws {
        let key = try PrivateKey(hex: Self.keyHex)
        var draft = NodeRecordDraft()
        draft.set("zz", bytes: [UInt8](repeating: 7, count: 175))
        let largest = try draft.signed(seq: 1, by: key)
        #expect(largest.encoded.count == 300)
        #expect(try NodeRecord(text: largest.description) == largest)
        draft.set("zz", bytes: [UInt8](repeating: 7, count: 176))
        #expect(throws: NodeRecordError.tooLarge(301)) { try draft.signed(seq: 1, by: key) }
    }

    @Test func valuesOfWrongTypesAreNil() throws {
        var draft = NodeRecordDraft()
        draft.set("ip", bytes: [1, 2, 3])
        draft.set("ip6", rlp: [0xc0])
        draft.set("tcp", integer: 65536)
        draft.set("udp", rlp: [0xc0])
        draft.set("eth", rlp: [0xc7, 0xc6, 0x84, 0x07, 0xc9, 0x46, 0x2e, 0x80])
        let record = try draft.signed(seq: 9, by: PrivateKey(hex: Self.keyHex))
        #expect(record.ip == nil)
        #expect(record.ip6 == nil)
        #expect(record.tcp == nil)
        #expect(record.udp == nil)
        #expect(record.endpoint == nil)
        #expect(record.ethEntry?.elementsEqual([0xc7, 0xc6, 0x84, 0x07, 0xc9, 0x46, 0x2e, 0x80]) == true)
        #expect(record.value(of: "quic") == nil)
    }

    @Test func aDraftWithABrokenItemIsRefused() throws {
        let key = try PrivateKey(hex: Self.keyHex)
        for value: [UInt8] in [[], [0x82, 1], [1, 2], [0x81, 1]] {
            var draft = NodeRecordDraft()
            draft.set("x", rlp: value)
            #expect(throws: NodeRecordError.self) { try draft.signed(seq: 1, by: key) }
        }
    }

    struct EndpointCase: Sendable {
        let ip: String?
        let ip6: String?
        let expected: String?
    }

    /// The address that more of the world can reach wins, IPv4 where equal (go-ethereum's `newNodeWithID`).
    @Test(arguments: [
        EndpointCase(ip: nil, ip6: nil, expected: nil),
        EndpointCase(ip: "1.2.3.4", ip6: nil, expected: "1.2.3.4:2"),
        EndpointCase(ip: "1.2.3.4", ip6: "2001:4860::1", expected: "1.2.3.4:2"),
        EndpointCase(ip: "192.168.1.1", ip6: "2001:4860::1", expected: "[2001:4860::1]:6"),
        EndpointCase(ip: "127.0.0.1", ip6: "fe80::1", expected: "[fe80::1]:6"),
        EndpointCase(ip: "169.254.1.1", ip6: "fe80::1", expected: "169.254.1.1:2"),
        EndpointCase(ip: "0.0.0.0", ip6: "::1", expected: "[::1]:6"),
        EndpointCase(ip: "224.0.0.1", ip6: "::1", expected: "[::1]:6"),
        EndpointCase(ip: "10.0.0.1", ip6: "ff02::1", expected: "10.0.0.1:2"),
    ])
    func anEndpointIsChosen(_ row: EndpointCase) throws {
        var draft = NodeRecordDraft()
        draft.set("ip", bytes: row.ip.flatMap { IPAddress($0) }?.bytes)
        draft.set("ip6", bytes: row.ip6.flatMap { IPAddress($0) }?.bytes)
        draft.set("udp", integer: 2)
        draft.set("udp6", integer: 6)
        draft.set("tcp", integer: 3)
        let record = try draft.signed(seq: 1, by: PrivateKey(hex: Self.keyHex))
        #expect(NodeContact(record)?.udpEndpoint.description == row.expected)
        // Without `tcp6`, `tcp` counts for both families.
        #expect(row.expected == nil || NodeContact(record)?.tcpPort == 3)
    }
}
