import EthCrypto
import Primitives
import RLP
import SansIO
import Testing

@testable import RLPx

/// Points that are none, wherever a key comes from a peer. What a careless implementation would compute from them is
/// known to their maker, so that he could test guesses at the private key (CVE-2026-26315, go-ethereum#33669), or they
/// crash it (CVE-2026-26314).
@Suite("Hardening: points that aren't on the curve")
struct CurvePointTests {
    struct BadPoint: Sendable, CustomTestStringConvertible {
        let name: String
        let key: PublicKey
        /// The X coordinate that a multiplication without a check can come to.
        private let careless: Hash32
        /// The point of the curve that the key is, if its coordinates are reduced.
        private let disguised: PublicKey?

        init(_ name: String, x: String, y: String, careless: String = "00", disguised: PublicKey? = nil) {
            self.name = name
            key = CurvePointTests.point(x, y)
            self.careless = Hash32(hex: CurvePointTests.coordinate(careless)) ?? .zero
            self.disguised = disguised
        }

        /// What a careless holder of `receiver` would take for the shared secret.
        func secret(with receiver: PrivateKey) throws -> Hash32 {
            try disguised.map { try receiver.sharedSecret(with: $0) } ?? careless
        }

        var testDescription: String { name }
    }

    private static func coordinate(_ hex: String) -> String { String(repeating: "0", count: 64 - hex.count) + hex }

    private static func point(_ x: String, _ y: String) -> PublicKey {
        PublicKey([UInt8](hex: coordinate(x) + coordinate(y)) ?? []) ?? PublicKey()
    }

    /// p - 1, p and p + 1, where p = 2^256 - 2^32 - 977 is the size of the field.
    private static let belowP = String(repeating: "f", count: 55) + "efffffc2e"
    private static let p = String(repeating: "f", count: 55) + "efffffc2f"
    private static let aboveP = String(repeating: "f", count: 55) + "efffffc30"
    private static let all = String(repeating: "f", count: 64)
    /// Of the point with x = 1.
    private static let y1 = "4218f20ae6c646b363db68605822fb14264ca8d2587fdd6fbc750d587e76a7ee"

    static let points = [
        BadPoint("zero", x: "00", y: "00"),
        // y² = x³ + 1: its multiples are (0, 1), (0, -1) and infinity.
        BadPoint("of order 3 on another curve", x: "00", y: "01"),
        // y² = x³ - 1: each odd multiple is the point itself.
        BadPoint("of order 2 on another curve", x: "01", y: "00", careless: "01"),
        BadPoint("x is p, y is p: zero in disguise", x: p, y: p),
        BadPoint("x is p + 1: a point of the curve in disguise", x: aboveP, y: y1, disguised: point("01", y1)),
        BadPoint("x is p - 1, y is none", x: belowP, y: y1),
        BadPoint("both coordinates 2^256 - 1", x: all, y: all),
        BadPoint("y is 2^256 - 1", x: "01", y: all, careless: "01"),
        BadPoint("y is zero", x: "02", y: "00", careless: "02"),
        BadPoint("x and y exchanged", x: y1, y: "01"),
    ]

    @Test("the table's own arithmetic: x = 1 is a point of the curve")
    func table() throws {
        var random = NodeRandom(seed: 1)
        let key = PrivateKey.generate(using: &random)
        _ = try key.sharedSecret(with: Self.point("01", Self.y1))
    }

    /// An envelope whose ephemeral key is the bad point, authentic for whoever multiplies it without a check.
    private func envelope(_ point: BadPoint, to receiver: PrivateKey) throws -> [UInt8] {
        let plaintext = [UInt8](repeating: 0xc0, count: 300)
        let size = plaintext.count + ECIES.overhead
        let prefix = [UInt8(size >> 8), UInt8(size & 0xff)]
        let keys = ECIES.Keys(try point.secret(with: receiver))
        let counter = [UInt8](repeating: 0, count: 16)
        var ciphertext = plaintext
        var cipher = AESCTR(key: keys.encryption, iv: counter)
        ciphertext.withUnsafeMutableBytes { cipher.apply($0) }
        let code = HMACSHA256.authenticate(key: keys.authentication, counter, ciphertext, prefix)
        return prefix + [0x04] + point.key.bytes + counter + ciphertext + code.bytes
    }

    @Test("the forged envelope is good: with the point in the open it is decrypted")
    func forgery() throws {
        let pair = try HandshakePair(seed: 1)
        let open = Self.point("01", Self.y1)
        let packet = try envelope(BadPoint("", x: "01", y: Self.y1, disguised: open), to: pair.recipientKey)
        var recipient = pair.recipient
        // It is the plaintext that is none.
        #expect(throws: RLPxError.malformedHandshake(.truncated)) { _ = try recipient.receive(packet[...]) }
    }

    @Test("invalid-curve ECIES in auth, CVE-2026-26315: refused, and nothing is said", arguments: points)
    func auth(_ point: BadPoint) throws {
        let pair = try HandshakePair(seed: 1)
        var recipient = pair.recipient
        let packet = try envelope(point, to: pair.recipientKey)
        #expect(throws: RLPxError.undecryptableHandshake) { _ = try recipient.receive(packet[...]) }
        #expect(recipient.takeOutput().isEmpty)
    }

    @Test("invalid-curve ECIES in ack, CVE-2026-26315: refused", arguments: points)
    func ack(_ point: BadPoint) throws {
        let pair = try HandshakePair(seed: 1)
        var initiator = pair.initiator
        let packet = try envelope(point, to: pair.initiatorKey)
        #expect(throws: RLPxError.undecryptableHandshake) { _ = try initiator.receive(packet[...]) }
    }

    @Test("a static key off the curve inside an authentic auth, CVE-2026-26314: refused", arguments: points)
    func staticKey(_ point: BadPoint) throws {
        var pair = try HandshakePair(seed: 1)
        var random = NodeRandom(seed: 9)
        let auth = AuthMessage(
            signature: pair.initiatorKey.sign(Hash32()), initiatorKey: point.key, nonce: Hash32())
        let packet = try HandshakeEnvelope.seal(auth, to: pair.recipientKey.publicKey, random: &random)
        #expect(throws: RLPxError.invalidKey) { _ = try pair.recipient.receive(packet[...]) }
        #expect(pair.recipient.takeOutput().isEmpty)
    }

    @Test("an ephemeral key off the curve inside an authentic ack, CVE-2026-26314: refused", arguments: points)
    func ephemeralKey(_ point: BadPoint) throws {
        var pair = try HandshakePair(seed: 1)
        var random = NodeRandom(seed: 9)
        let ack = AckMessage(ephemeralKey: point.key, nonce: Hash32())
        let packet = try HandshakeEnvelope.seal(ack, to: pair.initiatorKey.publicKey, random: &random)
        #expect(throws: RLPxError.invalidKey) { _ = try pair.initiator.receive(packet[...]) }
    }

    @Test("a node whose key is off the curve isn't dialed", arguments: points)
    func dialed(_ point: BadPoint) throws {
        let key = try HandshakePair(seed: 1).initiatorKey
        #expect(throws: RLPxError.invalidKey) {
            _ = try Handshake(initiatorTo: point.key, identity: key, random: NodeRandom(seed: 1))
        }
    }
}
