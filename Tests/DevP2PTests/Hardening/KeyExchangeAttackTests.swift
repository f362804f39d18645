import EthCrypto
import Primitives
import RLP
import RLPx
import SansIO
import Testing

@testable import DevP2P

/// What strangers send before they have proved anything. All of it ends the connection silently, as in go-ethereum:
/// there are no keys to say a reason with. Points off the curve are in `CurvePointTests`.
@Suite("Hardening: the first bytes of a connection")
struct KeyExchangeAttackTests {
    private func recipient() -> PeerConnection {
        PeerConnection(
            recipient: Fixture.key(2), hello: Fixture.hello(), random: NodeRandom(seed: 2), now: Fixture.start)
    }

    private func initiator() -> PeerConnection {
        var node = PeerConnection(
            initiatorTo: Fixture.key(2).publicKey, identity: Fixture.key(1), hello: Fixture.hello(),
            random: NodeRandom(seed: 1), now: Fixture.start)
        _ = node.takeBytes()
        return node
    }

    private func expectSilentEnd(_ node: inout PeerConnection, _ error: RLPxError) {
        let events = node.takeEvents(now: Fixture.start)
        #expect(events.count == 1)
        #expect(events.closed == .protocolError(.handshake(error)))
        #expect(events.closed?.offence == .badHandshake)
        #expect(node.ending == .finished)
        #expect(node.hasBytes == false)
        #expect(node.deadline == nil)
    }

    @Test(
        "ECIES ciphertext below the minimum length, CVE-2026-22862: refused with the size, in auth and in ack",
        arguments: [0, 1, 2, 64, 65, 81, 97, 112])
    func belowMinimum(_ size: Int) {
        let bytes = [UInt8(size >> 8), UInt8(size & 0xff), 0x04] + [UInt8](repeating: 1, count: size)
        var auth = recipient()
        auth.receive(bytes[...], now: Fixture.start)
        expectSilentEnd(&auth, .handshakeSize(size))
        var ack = initiator()
        ack.receive(bytes[...], now: Fixture.start)
        expectSilentEnd(&ack, .handshakeSize(size))
    }

    @Test("ECIES of exactly the minimum length, without any plaintext: undecryptable", arguments: [0x00, 0x04, 0xff])
    func minimum(_ first: UInt8) {
        #expect(ECIES.overhead == 113)
        let bytes = [0, 113, first] + [UInt8](repeating: 1, count: 112)
        var auth = recipient()
        auth.receive(bytes[...], now: Fixture.start)
        expectSilentEnd(&auth, .undecryptableHandshake)
        var ack = initiator()
        ack.receive(bytes[...], now: Fixture.start)
        expectSilentEnd(&ack, .undecryptableHandshake)
    }

    @Test("authentic ECIES of an empty plaintext: a malformed message, not a crash")
    func emptyPlaintext() throws {
        var random = NodeRandom(seed: 5)
        let prefix: [UInt8] = [0, 113]
        let message = try ECIES.encrypt(
            [], to: Fixture.key(2).publicKey, authenticating: prefix, random: &random)
        var node = recipient()
        node.receive((prefix + message)[...], now: Fixture.start)
        expectSilentEnd(&node, .malformedHandshake(.truncated))
    }

    @Test(
        "oversized auth and ack, core-geth#694: refused with the second byte, before the rest is sent",
        arguments: [2049, 65535])
    func oversized(_ size: Int) {
        var auth = recipient()
        auth.receive([UInt8(size >> 8)], now: Fixture.start)
        #expect(auth.ending == .open)
        auth.receive([UInt8(size & 0xff)], now: Fixture.start)
        expectSilentEnd(&auth, .handshakeSize(size))
        var ack = initiator()
        ack.receive([UInt8(size >> 8), UInt8(size & 0xff)], now: Fixture.start)
        expectSilentEnd(&ack, .handshakeSize(size))
    }

    @Test("endless auth, a byte at a time: the end with byte 2050, and what follows is dropped")
    func endless() {
        var node = recipient()
        node.receive([0x08, 0x00, 0x04], now: Fixture.start)
        for _ in 0..<2046 {
            node.receive([0x5a], now: Fixture.start)
            #expect(node.ending == .open)
        }
        node.receive([0x5a], now: Fixture.start)
        expectSilentEnd(&node, .undecryptableHandshake)
        for _ in 0..<100 { node.receive([UInt8](repeating: 0x5a, count: 4096)[...], now: Fixture.start) }
        #expect(node.hasEvents == false)
        #expect(node.hasBytes == false)
    }

    @Test("endless ack, a byte at a time: the same for the end that dialed")
    func endlessAck() {
        var node = initiator()
        let first: [UInt8] = [0x08, 0x00, 0x04] + [UInt8](repeating: 0x5a, count: 2046)
        node.receive(first[...], now: Fixture.start)
        #expect(node.ending == .open)
        node.receive([0x5a], now: Fixture.start)
        expectSilentEnd(&node, .undecryptableHandshake)
    }

    @Test("an auth that was recorded and is replayed opens a key exchange, never a session")
    func replay() throws {
        let hello = Fixture.hello()
        var first = PeerConnection(
            initiatorTo: Fixture.key(2).publicKey, identity: Fixture.key(1), hello: hello, random: NodeRandom(seed: 1),
            now: Fixture.start)
        let auth = first.takeBytes()
        var node = recipient()
        node.receive(auth[...], now: Fixture.start)
        _ = node.takeBytes()
        // Whoever replays has no ephemeral key, so no frame of his can be authentic.
        node.receive([UInt8](repeating: 0, count: 64)[...], now: Fixture.start)
        #expect(node.takeEvents(now: Fixture.start).closed == .protocolError(.frame(.badHeaderMAC)))
        #expect(node.ending == .finished)
    }
}
