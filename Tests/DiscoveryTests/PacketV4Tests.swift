import Discovery
import EthCrypto
import NodeRecord
import Primitives
import RLP
import Testing

/// Packets and their envelope, without a node.
@Suite struct PacketV4Tests {
    static let keyHex = "b71c71a67e1177ad4e901695e1b4b9ee17ae16c6668d313eac2f96dbcda3f291"
    /// A ping without extra elements, as go-ethereum's tests have it (discovery.md, section 3.4).
    static let plainPing =
        "71dbda3a79554728d4f94411e42ee1f8b0d561c10e1e5f5893367948c6a7d70bb87b235fa28a77070271b6c164a2dce8c7e13a5739b53b"
        + "5e96f2e5acb0e458a02902f5965d55ecbeb2ebb6cabb8b2b232896a36b737666c55265ad0a68412f250001ea04cb847f000001820cfa"
        + "8215a8d790000000000000000000000000000000018208ae820d058443b9a355"
    /// The same with an `enr-seq` of 1 and an extra element (EIP-8, EIP-868).
    static let pingWithExtras =
        "e9614ccfd9fc3e74360018522d30e1419a143407ffcce748de3e22116b7e8dc92ff74788c0b6663aaa3d67d641936511c8f8d6ad8698b8"
        + "20a7cf9e1be7155e9a241f556658c55428ec0563514365799a4be2be5a685a80971ddcfa80cb422cdd0101ec04cb847f000001820cfa"
        + "8215a8d790000000000000000000000000000000018208ae820d058443b9a3550102"

    let key: PrivateKey

    init() throws { key = try PrivateKey(hex: Self.keyHex) }

    static func ping(enrSeq: UInt64?) -> PacketV4.Ping {
        PacketV4.Ping(
            from: EndpointV4(ip: .loopback, udpPort: 3322, tcpPort: 5544),
            to: EndpointV4(ip: .v6(0, 1), udpPort: 2222, tcpPort: 3333), expiration: 1_136_239_445, enrSeq: enrSeq)
    }

    @Test func aPlainPingGoesBothWays() throws {
        let bytes = try #require([UInt8](hex: Self.plainPing))
        let envelope = try EnvelopeV4(datagram: bytes[...])
        #expect(envelope.packet == .ping(Self.ping(enrSeq: nil)))
        #expect(envelope.sender == key.publicKey)
        // The vector was signed with another nonce than ours; everything that is signed is equal.
        let sealed = EnvelopeV4.seal(.ping(Self.ping(enrSeq: nil)), by: key)
        #expect(sealed.datagram[97...] == bytes[97...])
        #expect(envelope.hash.hex == Self.plainPing.prefix(64))
    }

    @Test func extraElementsAreIgnored() throws {
        let bytes = try #require([UInt8](hex: Self.pingWithExtras))
        #expect(try EnvelopeV4(datagram: bytes[...]).packet == .ping(Self.ping(enrSeq: 1)))
    }

    /// One packet of each type, with values at their limits.
    static func samples() throws -> [PacketV4] {
        let key = try PrivateKey(hex: Self.keyHex)
        var draft = NodeRecordDraft()
        draft.set("udp", integer: 1)
        let record = try draft.signed(seq: 3, by: key)
        let node = PacketV4.Node(
            endpoint: EndpointV4(ip: .v6(0x2001_0db8 << 32, 7), udpPort: 65535, tcpPort: 65535),
            publicKey: key.publicKey)
        let nowhere = EndpointV4(ip: nil, udpPort: 0, tcpPort: 0)
        return [
            .ping(ping(enrSeq: .max)), .ping(PacketV4.Ping(from: nowhere, to: nowhere, expiration: 0, enrSeq: 0)),
            .pong(PacketV4.Pong(to: nowhere, pingHash: Hash32(), expiration: .max, enrSeq: nil)),
            .pong(PacketV4.Pong(to: node.endpoint, pingHash: record.id.hash, expiration: 1, enrSeq: 9)),
            .findNode(PacketV4.FindNode(target: key.publicKey, expiration: 1)),
            .neighbors(PacketV4.Neighbors(nodes: [], expiration: 1)),
            .neighbors(PacketV4.Neighbors(nodes: Array(repeating: node, count: 12), expiration: UInt64(UInt32.max))),
            .enrRequest(PacketV4.ENRRequest(expiration: 1)),
            .enrResponse(PacketV4.ENRResponse(requestHash: record.id.hash, record: record)),
        ]
    }

    @Test func everyTypeGoesBothWays() throws {
        for packet in try Self.samples() {
            let (datagram, hash) = EnvelopeV4.seal(packet, by: key)
            #expect(datagram.count <= EnvelopeV4.maxByteCount)
            let envelope = try EnvelopeV4(datagram: datagram[...])
            #expect(envelope.packet == packet)
            #expect(envelope.hash == hash)
            #expect(envelope.sender == key.publicKey)
        }
    }

    @Test func everyTruncationIsRefused() throws {
        for packet in try Self.samples() {
            let (datagram, _) = EnvelopeV4.seal(packet, by: key)
            for count in 0..<datagram.count {
                let expected: PacketErrorV4 = count < 98 ? .wrongSize(count) : .wrongHash
                #expect(throws: expected) { try EnvelopeV4(datagram: datagram.prefix(count)) }
            }
        }
    }

    @Test func everyFlippedBitIsRefused() throws {
        let datagram = EnvelopeV4.seal(.ping(Self.ping(enrSeq: 1)), by: key).datagram
        for bit in 0..<datagram.count * 8 {
            var flipped = datagram
            flipped[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: PacketErrorV4.wrongHash) { try EnvelopeV4(datagram: flipped[...]) }
        }
    }

    /// The datagram of any bytes after the head, rightly signed and hashed.
    static func seal(type: UInt8, _ data: [UInt8], by key: PrivateKey) -> [UInt8] {
        let signed = [type] + data
        let rest = key.sign(Keccak256.hash(signed)).bytes + signed
        return Keccak256.hash(rest).bytes + rest
    }

    /// A peer can sign what it likes, so the decoder must bear each damage behind a right signature too.
    @Test func damageBehindARightSignatureNeverTraps() throws {
        for packet in try Self.samples() {
            let datagram = EnvelopeV4.seal(packet, by: key).datagram
            let type = datagram[97]
            let data = Array(datagram[98...])
            for count in 0..<data.count {
                #expect(throws: PacketErrorV4.self) {
                    try EnvelopeV4(datagram: Self.seal(type: type, Array(data.prefix(count)), by: key)[...])
                }
            }
            var decoded = 0
            for bit in stride(from: 0, to: data.count * 8, by: data.count > 300 ? 7 : 1) {
                var flipped = data
                flipped[bit / 8] ^= 1 << (bit % 8)
                let datagram = Self.seal(type: type, flipped, by: key)
                if (try? EnvelopeV4(datagram: datagram[...])) != nil { decoded += 1 }
            }
            // Many bits are only values, so some of it must still be a packet.
            #expect(decoded > 0)
        }
    }

    @Test func typesOfTheFutureAreNamed() throws {
        for type: UInt8 in [0, 7, 8, 0x7f, 0xff] {
            let datagram = Self.seal(type: type, [0xc0], by: key)
            #expect(throws: PacketErrorV4.unknownType(type)) { try EnvelopeV4(datagram: datagram[...]) }
        }
    }

    @Test func datagramsOfOtherSizesAreRefused() throws {
        let long = Self.seal(type: 5, [0xc1, 0x01] + [UInt8](repeating: 0, count: 1280), by: key)
        #expect(throws: PacketErrorV4.wrongSize(1380)) { try EnvelopeV4(datagram: long[...]) }
        let longest = Self.seal(type: 5, [0xc1, 0x01] + [UInt8](repeating: 0, count: 1180), by: key)
        #expect(longest.count == 1280)
        #expect(try EnvelopeV4(datagram: longest[...]).packet == .enrRequest(PacketV4.ENRRequest(expiration: 1)))
    }

    @Test func signaturesOfNobodyAreRefused() throws {
        var datagram = EnvelopeV4.seal(.ping(Self.ping(enrSeq: 1)), by: key).datagram
        for v: UInt8 in [4, 27, 255] {
            datagram[96] = v
            datagram.replaceSubrange(..<32, with: Keccak256.hash(datagram[32...]).bytes)
            #expect(throws: PacketErrorV4.invalidSignature) { try EnvelopeV4(datagram: datagram[...]) }
        }
        datagram.replaceSubrange(32..<97, with: [UInt8](repeating: 0, count: 65))
        datagram.replaceSubrange(..<32, with: Keccak256.hash(datagram[32...]).bytes)
        #expect(throws: PacketErrorV4.invalidSignature) { try EnvelopeV4(datagram: datagram[...]) }
    }

    @Test func brokenFieldsAreRefused() throws {
        func error(_ type: UInt8, _ build: (inout RLPWriter) -> Void) -> PacketErrorV4? {
            var writer = RLPWriter()
            writer.list(build)
            do {
                _ = try EnvelopeV4(datagram: Self.seal(type: type, writer.bytes, by: key)[...])
                return nil
            } catch { return error }
        }
        // A port above 65535, a target and a hash of a wrong size, a node that is no list, a missing expiration.
        #expect(
            error(2) { list in
                list.list { to in
                    to.write([] as [UInt8])
                    to.write(UInt64(65536))
                }
            } == .malformed(.integerOverflow))
        #expect(
            error(3) { $0.write([UInt8](repeating: 1, count: 63)) }
                == .malformed(.wrongLength(expected: 64, found: 63)))
        #expect(error(4) { list in list.list { $0.write(UInt64(1)) } } == .malformed(.expectedList))
        #expect(error(5) { _ in } == .malformed(.truncated))
        #expect(error(6) { list in list.write(Hash32()) } == .malformed(.truncated))
        #expect(
            error(6) { list in
                list.write(Hash32())
                list.writeEmptyList()
            } == .invalidRecord(.malformed(.truncated)))
    }

    @Test func addressesOfOtherLengthsAreNone() throws {
        var writer = RLPWriter()
        writer.list { list in
            list.write(UInt64(4))
            for length in [5, 0] {
                list.list { endpoint in
                    endpoint.write([UInt8](repeating: 9, count: length))
                    endpoint.write(UInt64(1))
                    endpoint.write(UInt64(2))
                    // An element of the future.
                    endpoint.write(UInt64(3))
                }
            }
            list.write(UInt64(77))
        }
        let nowhere = EndpointV4(ip: nil, udpPort: 1, tcpPort: 2)
        #expect(
            try EnvelopeV4(datagram: Self.seal(type: 1, writer.bytes, by: key)[...]).packet
                == .ping(PacketV4.Ping(from: nowhere, to: nowhere, expiration: 77, enrSeq: nil)))
    }
}
