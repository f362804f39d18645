import EthCrypto
import Primitives
import SansIO
import Testing

@testable import RLPx

@Suite("Handshake: two ends on a byte pipe")
struct HandshakeTests {
    @Test("both ends derive mirrored secrets", arguments: 1...20 as ClosedRange<UInt64>)
    func mirrored(_ seed: UInt64) throws {
        let (initiator, recipient) = try HandshakePair(seed: seed).complete()
        #expect(initiator.secrets.aes == recipient.secrets.aes)
        #expect(initiator.secrets.mac == recipient.secrets.mac)
        #expect(initiator.secrets.egress.digest() == recipient.secrets.ingress.digest())
        #expect(initiator.secrets.ingress.digest() == recipient.secrets.egress.digest())
        #expect(initiator.secrets.ingress.digest() != initiator.secrets.egress.digest())
    }

    @Test("each end learns the other's key")
    func keys() throws {
        let pair = try HandshakePair(seed: 1)
        let (initiator, recipient) = try pair.complete()
        #expect(initiator.remoteKey == pair.recipientKey.publicKey)
        #expect(recipient.remoteKey == pair.initiatorKey.publicKey)
    }

    @Test("the same randomness gives the same bytes, another gives others")
    func deterministic() throws {
        #expect(try HandshakePair(seed: 7).auth == HandshakePair(seed: 7).auth)
        #expect(try HandshakePair(seed: 7).auth != HandshakePair(seed: 8).auth)
    }

    @Test("padding makes messages of many lengths, all within the limit")
    func lengths() throws {
        let lengths = try (1...50).map { try HandshakePair(seed: $0).auth.count }
        #expect(Set(lengths).count > 20)
        #expect(lengths.allSatisfy { $0 >= 2 + 113 + 169 + 100 && $0 <= 2 + 113 + 169 + 250 })
    }

    @Test("one byte at a time")
    func drip() throws {
        var pair = try HandshakePair(seed: 3)
        var recipient: Handshake.Completed?
        for byte in pair.auth {
            #expect(recipient == nil)
            recipient = try pair.recipient.receive([byte])
        }
        #expect(recipient != nil)
        var initiator: Handshake.Completed?
        for byte in pair.recipient.takeOutput() {
            #expect(initiator == nil)
            initiator = try pair.initiator.receive([byte])
        }
        #expect(initiator?.secrets.aes == recipient?.secrets.aes)
    }

    @Test("truncated at each byte: it waits")
    func truncated() throws {
        let pair = try HandshakePair(seed: 4)
        for count in 0..<pair.auth.count {
            var recipient = pair.recipient
            #expect(try recipient.receive(pair.auth[..<count]) == nil)
            #expect(recipient.takeOutput().isEmpty)
        }
    }

    @Test("bytes after the message are kept for the frames")
    func overRead() throws {
        var pair = try HandshakePair(seed: 5)
        let recipient = try pair.recipient.receive(pair.auth + [1, 2, 3])
        #expect(recipient?.rest == [1, 2, 3])
        let initiator = try pair.initiator.receive(pair.recipient.takeOutput() + [4])
        #expect(initiator?.rest == [4])
    }

    @Test("each bit of auth flipped: refused, and nothing is said")
    func flippedAuth() throws {
        let pair = try HandshakePair(seed: 6)
        for bit in 0..<8 * pair.auth.count {
            var recipient = pair.recipient
            expectRefused(&recipient, pair.auth.flipping(bit))
            #expect(recipient.takeOutput().isEmpty)
        }
    }

    @Test("each bit of ack flipped: refused")
    func flippedAck() throws {
        var pair = try HandshakePair(seed: 6)
        _ = try pair.recipient.receive(pair.auth[...])
        let ack = pair.recipient.takeOutput()
        for bit in 0..<8 * ack.count {
            var initiator = pair.initiator
            expectRefused(&initiator, ack.flipping(bit))
        }
    }

    /// Either at once, or, where the size was changed, once that many bytes have come.
    private func expectRefused(_ handshake: inout Handshake, _ message: [UInt8]) {
        #expect(throws: RLPxError.self) {
            if try handshake.receive(message[...]) == nil {
                let completed = try handshake.receive([UInt8](repeating: 0, count: Handshake.maxMessageBytes)[...])
                #expect(completed == nil)
            }
        }
    }

    @Test("a size is refused as soon as it is read", arguments: [0, 1, 112, 2049, 4096, 65535])
    func sizes(_ size: Int) throws {
        var recipient = try HandshakePair(seed: 1).recipient
        #expect(try recipient.receive([UInt8(size >> 8)]) == nil)
        #expect(throws: RLPxError.handshakeSize(size)) { _ = try recipient.receive([UInt8(size & 0xff)]) }
    }

    @Test("another node's auth is not for us")
    func wrongRecipient() throws {
        let pair = try HandshakePair(seed: 1)
        var other = Handshake(recipient: pair.initiatorKey, random: .init(seed: 1))
        #expect(throws: RLPxError.undecryptableHandshake) { _ = try other.receive(pair.auth[...]) }
    }

    @Test("a key off the curve can't be dialed")
    func offCurve() throws {
        let key = try HandshakePair(seed: 1).initiatorKey
        #expect(throws: RLPxError.invalidKey) {
            _ = try Handshake(initiatorTo: PublicKey(), identity: key, random: .init(seed: 1))
        }
    }

    @Test("an auth whose signature or key is none is refused")
    func invalidContent() throws {
        let pair = try HandshakePair(seed: 1)
        var random = NodeRandom(seed: 9)
        let valid = AuthMessage(
            signature: Signature(r: Hash32(), s: Hash32(), recoveryID: 0), initiatorKey: pair.initiatorKey.publicKey,
            nonce: Hash32())
        var recoveryID = valid
        recoveryID.signature.recoveryID = 200
        var offCurve = valid
        offCurve.initiatorKey.x = Hash32()
        for auth in [valid, recoveryID, offCurve] {
            let packet = try HandshakeEnvelope.seal(auth, to: pair.recipientKey.publicKey, random: &random)
            var recipient = pair.recipient
            #expect(throws: RLPxError.invalidKey) { _ = try recipient.receive(packet[...]) }
        }
    }

    @Test(
        "an authentic message that isn't the right list is refused",
        arguments: [
            [], [0xc0], [0x80], [0xc1, 0x05], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [0xf8, 0xff],
        ] as [[UInt8]])
    func malformed(_ plaintext: [UInt8]) throws {
        let pair = try HandshakePair(seed: 1)
        var random = NodeRandom(seed: 9)
        let size = plaintext.count + ECIES.overhead
        let prefix = [UInt8(size >> 8), UInt8(size & 0xff)]
        let packet =
            prefix
            + (try ECIES.encrypt(
                plaintext, to: pair.recipientKey.publicKey, authenticating: prefix, random: &random))
        var recipient = pair.recipient
        do {
            _ = try recipient.receive(packet[...])
            Issue.record("accepted \(plaintext)")
        } catch {
            guard case .malformedHandshake = error else { throw error }
        }
    }
}
