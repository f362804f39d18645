import EthCrypto
import Primitives
import RLP
import RLPx
import SansIO
import Testing

@testable import DevP2P

@Suite("PeerConnection: what a peer can do wrong")
struct MisbehaviourTests {
    // MARK: Hello

    @Test("a Hello with another identity is reason 9")
    func otherIdentity() throws {
        var peer = try RawPeer.connected()
        try peer.send(0, peer.helloPayload(key: Fixture.key(3).publicKey.bytes))
        #expect(peer.events.closed == .local(.unexpectedIdentity))
        #expect(peer.disconnectReason == .unexpectedIdentity)
    }

    @Test("no shared capability is reason 3")
    func useless() throws {
        var peer = try RawPeer.connected()
        try peer.send(0, peer.helloPayload(capabilities: [CapabilityName("chat", version: 2)]))
        #expect(peer.events.closed == .local(.uselessPeer))
        #expect(peer.disconnectReason == .uselessPeer)
    }

    @Test("with a version before 5 nothing is compressed, in either direction", arguments: [0, 3, 4] as [UInt64])
    func oldVersion(version: UInt64) throws {
        var peer = try RawPeer.connected()
        try peer.send(0, peer.helloPayload(version: version))
        #expect(peer.events.ready?.p2pVersion == version)
        // Ping, and a message of a capability.
        try peer.send(2, [0xc0])
        #expect(peer.frames.last == RawPeer.Frame(code: 3, payload: [0xc0]))
        let said: [UInt8] = [0xc3, 0x01, 0x02, 0x03]
        try peer.send(16, said)
        guard case .message(0, 0, said)? = peer.events.last else {
            Issue.record("\(peer.events)")
            return
        }
        peer.node.send([OutboundMessage(capability: 0, id: 0, compressing: said)], now: peer.now)
        try peer.take()
        #expect(peer.frames.last == RawPeer.Frame(code: 16, payload: said))
        peer.node.disconnect(.tooManyPeers, now: peer.now)
        try peer.take()
        #expect(peer.frames.last == RawPeer.Frame(code: 1, payload: [0xc1, 0x04]))
    }

    @Test("without compression a message has the same limit")
    func oldVersionLimit() throws {
        var peer = try RawPeer.connected()
        try peer.send(0, peer.helloPayload(version: 4))
        let limit = Fixture.chat.limits.maxMessageBytes
        try peer.send(16, [UInt8](repeating: 0, count: limit))
        #expect(peer.events.closed == nil)
        try peer.send(16, [UInt8](repeating: 0, count: limit + 1))
        #expect(peer.events.closed?.offence == .oversizedMessage)
    }

    @Test("the Hello of a peer that shares nothing is kept")
    func uselessHello() throws {
        var peer = try RawPeer.connected()
        try peer.send(0, peer.helloPayload(capabilities: [CapabilityName("chat", version: 2)]))
        #expect(peer.node.remoteHello?.clientID == "Raw/v1")
    }

    @Test("a later p2p version is welcome")
    func newVersion() throws {
        var peer = try RawPeer.connected()
        try peer.send(0, peer.helloPayload(version: 55))
        #expect(peer.events.ready?.p2pVersion == 55)
    }

    @Test("a node key of zero or of another length closes silently, as in go-ethereum", arguments: [0, 63, 64])
    func invalidIdentity(_ count: Int) throws {
        var peer = try RawPeer.connected()
        try peer.send(0, peer.helloPayload(key: [UInt8](repeating: 0, count: count)))
        #expect(peer.events.closed == .protocolError(.invalidIdentity))
        #expect(peer.node.ending == .finished)
        #expect(peer.frames.count == 1)
    }

    @Test("a Hello that doesn't decode closes silently", arguments: [[], [0xc0], [0x80], [0xff]] as [[UInt8]])
    func malformedHello(_ payload: [UInt8]) throws {
        var peer = try RawPeer.connected()
        try peer.send(0, payload)
        guard case .protocolError(.malformedHello) = peer.events.closed else {
            Issue.record("closed by \(String(describing: peer.events.closed))")
            return
        }
        #expect(peer.frames.count == 1)
    }

    @Test("a Hello of more than 2048 bytes isn't even buffered")
    func largeHello() throws {
        var peer = try RawPeer.connected()
        let hello = peer.helloPayload()
        try peer.send(0, hello + [UInt8](repeating: 0, count: 2049 - hello.count))
        #expect(peer.events.closed == .protocolError(.frame(.frameTooLarge(bytes: 2050, limit: 2049))))
        var other = try RawPeer.connected()
        try other.send(0, hello + [UInt8](repeating: 0, count: 2048 - hello.count))
        #expect(other.events.ready != nil)
    }

    @Test("another message before Hello", arguments: [2, 3, 4, 15, 16, 17, .max] as [UInt64])
    func notHello(_ code: UInt64) throws {
        var peer = try RawPeer.connected()
        try peer.send(code, [0x01, 0x00, 0xc0])
        #expect(peer.events.closed == .protocolError(.helloExpected(code: code)))
        #expect(peer.events.closed?.offence == .badHandshake)
    }

    @Test("a Disconnect in place of Hello, not compressed")
    func disconnectFirst() throws {
        var peer = try RawPeer.connected()
        try peer.send(1, [0xc1, 0x04])
        #expect(peer.events.closed == .remote(.tooManyPeers))
        #expect(peer.frames.count == 1)
    }

    // MARK: After Hello

    @Test("an unknown reason is none")
    func unknownReason() throws {
        var peer = try RawPeer.ready()
        try peer.send(1, Snappy.compress([0xc1, 0x81, 0xff]))
        #expect(peer.events.closed == .remote(nil))
    }

    @Test("a second Hello, and the unused codes below 16, are ignored whatever they carry")
    func ignored() throws {
        var peer = try RawPeer.ready()
        for code in [0] + Array(4...15) as [UInt64] { try peer.send(code, [0xff, 0xff]) }
        try peer.send(0, peer.helloPayload())
        #expect(peer.events.closed == nil)
        #expect(peer.events.count == 2)
        try peer.send(16, Snappy.compress([7]))
        #expect(peer.events.messages == [ReceivedMessage(capability: 0, id: 0, payload: [7])])
    }

    @Test(
        "the reason of a Disconnect is read compressed or not, as a list or bare, before Hello and after it",
        arguments: [[0xc1, 0x04], [0x04], [0x02, 0x04, 0xc1, 0x04], [0x01, 0x00, 0x04], [0xc2, 0x04, 0x80]]
            as [[UInt8]],
        [false, true])
    func tooManyPeers(_ payload: [UInt8], afterHello: Bool) throws {
        var peer = try afterHello ? RawPeer.ready() : RawPeer.connected()
        try peer.send(1, payload)
        #expect(peer.events.closed == .remote(.tooManyPeers))
        #expect(peer.events.closed?.offence == nil)
    }

    @Test("every reason is read uncompressed", arguments: DisconnectReason.allCases)
    func uncompressed(_ reason: DisconnectReason) throws {
        var peer = try RawPeer.ready()
        try peer.send(1, reason.payload)
        #expect(peer.events.closed == .remote(reason))
    }

    @Test(
        "a Disconnect that nobody can read is the end, and no offence",
        arguments: [[], [0xff, 0xff], [0xc0], [0xc1, 0x63]] as [[UInt8]])
    func unreadableReason(_ payload: [UInt8]) throws {
        var peer = try RawPeer.ready()
        try peer.send(1, payload)
        #expect(peer.events.closed == .remote(nil) && peer.events.closed?.offence == nil)
    }

    @Test("a code beyond all ranges closes silently", arguments: [20, 255, 256, .max] as [UInt64])
    func outOfRange(_ code: UInt64) throws {
        var peer = try RawPeer.ready()
        try peer.send(code, [0x01, 0x00, 0xc0])
        #expect(peer.events.closed == .protocolError(.codeOutOfRange(code)))
        #expect(peer.node.ending == .finished)
    }

    @Test(
        "what isn't snappy closes silently", arguments: [[], [0x05], [0x01, 0xff], [0x80, 0x80, 0x80]] as [[UInt8]])
    func corruptCompression(_ payload: [UInt8]) throws {
        var peer = try RawPeer.ready()
        try peer.send(16, payload)
        #expect(peer.events.closed == .protocolError(.corruptCompression))
        #expect(peer.node.ending == .finished)
        #expect(peer.events.closed?.offence == .badFrame)
    }

    @Test("a declared length above the capability's limit is the end before any memory is taken")
    func oversized() throws {
        var peer = try RawPeer.ready()
        // 10,001 bytes, and 4 GiB less one.
        try peer.send(16, Snappy.compress([UInt8](repeating: 0, count: 10_001)))
        #expect(peer.events.closed == .protocolError(.oversizedMessage(bytes: 10_001, limit: 10_000)))
        #expect(peer.disconnectReason == .subprotocolError)
        var other = try RawPeer.ready()
        try other.send(16, [0xff, 0xff, 0xff, 0xff, 0x0f, 0x00])
        #expect(other.events.closed == .protocolError(.oversizedMessage(bytes: 0xffff_ffff, limit: 10_000)))
        var exact = try RawPeer.ready()
        try exact.send(16, Snappy.compress([UInt8](repeating: 0, count: 10_000)))
        #expect(exact.events.messages.first?.payload.count == 10_000)
    }

    @Test("a frame that no message of the limits needs is refused with its header")
    func oversizedFrame() throws {
        var peer = try RawPeer.ready()
        let limit = Snappy.maxCompressedCount(10_000) + 9
        try peer.send(16, [UInt8](repeating: 0, count: limit))
        #expect(peer.events.closed == .protocolError(.oversizedMessage(bytes: limit + 1, limit: limit)))
        #expect(peer.disconnectReason == .subprotocolError)
        // What doesn't compress at all still gets through.
        var random = NodeRandom(seed: 8)
        var other = try RawPeer.ready()
        let noise = random.bytes(10_000)
        try other.send(16, Snappy.compress(noise))
        #expect(other.events.messages.first?.payload == noise)
    }

    @Test("a damaged frame closes silently, and what came before it is delivered")
    func damaged() throws {
        var peer = try RawPeer.ready()
        var wire: [UInt8] = []
        try peer.codec.seal(code: 16, payload: Snappy.compress([1]).span, into: &wire)
        try peer.codec.seal(code: 16, payload: Snappy.compress([2]).span, into: &wire)
        wire[wire.count - 1] ^= 1
        peer.node.receive(wire[...], now: peer.now)
        try peer.take()
        #expect(peer.events.messages.map(\.payload) == [[1]])
        #expect(peer.events.closed == .protocolError(.frame(.badFrameMAC)))
        #expect(peer.frames.count == 1)
    }

    @Test("closed comes last, after all that came before it")
    func order() throws {
        var peer = try RawPeer.ready()
        var wire: [UInt8] = []
        try peer.codec.seal(code: 16, payload: Snappy.compress([1]).span, into: &wire)
        try peer.codec.seal(code: 1, payload: Snappy.compress([0xc1, 0x08]).span, into: &wire)
        try peer.codec.seal(code: 16, payload: Snappy.compress([2]).span, into: &wire)
        peer.node.receive(wire[...], now: peer.now)
        try peer.take()
        #expect(peer.events.messages.map(\.payload) == [[1]])
        guard case .closed(.remote(.quitting)) = peer.events.last else {
            Issue.record("ends with \(String(describing: peer.events.last))")
            return
        }
    }

    @Test("random bytes are never a trap", arguments: 0..<200 as Range<UInt64>)
    func noise(_ seed: UInt64) throws {
        var random = NodeRandom(seed: seed)
        var node = PeerConnection(
            recipient: Fixture.key(2), hello: Fixture.hello(), random: random.fork(), now: Fixture.start)
        node.receive(random.bytes(5000)[...], now: Fixture.start)
        _ = node.takeBytes()
        node.deadlineReached(now: Fixture.start + .seconds(5))
        #expect(node.takeEvents(now: Fixture.start).closed != nil)

        // And with good MACs: random codes and payloads.
        var peer = try RawPeer.ready()
        for _ in 0..<20 where peer.events.closed == nil {
            let code = UInt64.random(in: 0...22, using: &random)
            try peer.send(code, random.bytes(Int.random(in: 0...40, using: &random)))
        }
        #expect(peer.events.ready != nil)
    }
}
