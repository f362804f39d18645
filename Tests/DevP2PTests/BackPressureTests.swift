import Primitives
import RLPx
import SansIO
import Testing

@testable import DevP2P

@Suite("PeerConnection: bounded buffers")
struct BackPressureTests {
    @Test("reading stops when the node is behind in messages, and goes on when it has taken them")
    func messages() throws {
        var peer = try RawPeer.ready()
        var wire: [UInt8] = []
        for number in 0..<20 as Range<UInt8> {
            try peer.codec.seal(code: 16, payload: Snappy.compress([number]).span, into: &wire)
        }
        peer.node.receive(wire[...], now: peer.now)
        #expect(peer.node.wantsRead == false)
        var taken: [[UInt8]] = []
        var batches: [Int] = []
        while peer.node.hasEvents {
            let batch = peer.node.takeEvents(now: peer.now).messages
            batches.append(batch.count)
            taken += batch.map(\.payload)
        }
        #expect(batches == [8, 8, 4])
        #expect(taken == (0..<20).map { [$0] })
        #expect(peer.node.wantsRead == true)
    }

    @Test("reading stops when the node is behind in bytes")
    func bytes() throws {
        var peer = try RawPeer.ready()
        var wire: [UInt8] = []
        for _ in 0..<5 {
            try peer.codec.seal(
                code: 17, payload: Snappy.compress([UInt8](repeating: 0, count: 9_000)).span, into: &wire)
        }
        peer.node.receive(wire[...], now: peer.now)
        #expect(peer.node.wantsRead == false)
        #expect(peer.node.takeEvents(now: peer.now).messages.count == 3)
        #expect(peer.node.takeEvents(now: peer.now).messages.count == 2)
        #expect(peer.node.takeEvents(now: peer.now).isEmpty)
    }

    @Test("reading stops when all capabilities together have too much waiting, each within its own share")
    func allCapabilities() throws {
        // Four capabilities that may have a megabyte each, and 50,000 for the connection.
        let hello = Fixture.hello((1...4).map { Fixture.descriptor("c\($0)", 1, 1) })
        var limits = ConnectionLimits()
        limits.maxBufferedBytes = 50_000
        var peer = try RawPeer.connected(hello, limits: limits)
        try peer.send(0, peer.helloPayload(capabilities: hello.capabilities.map(\.name)))
        _ = peer.node.takeEvents(now: peer.now)
        var wire: [UInt8] = []
        for number in 0..<16 {
            try peer.codec.seal(
                code: UInt64(16 + number % 4), payload: Snappy.compress([UInt8](repeating: 1, count: 9_000)).span,
                into: &wire)
        }
        peer.node.receive(wire[...], now: peer.now)
        #expect(peer.node.wantsRead == false)
        // Six of 9,000 bytes: then the connection's budget is used up, though no share is.
        var batches: [Int] = []
        var places: [Int] = []
        while peer.node.hasEvents {
            let batch = peer.node.takeEvents(now: peer.now).messages
            batches.append(batch.count)
            places += batch.map(\.capability)
        }
        #expect(batches == [6, 6, 4])
        // None had to wait for another one longer than the frames themselves do.
        #expect(places == (0..<16).map { $0 % 4 })
        #expect(peer.node.wantsRead == true)
    }

    @Test("a peer isn't blamed for silence while this node doesn't read")
    func notIdle() throws {
        var peer = try RawPeer.ready()
        var wire: [UInt8] = []
        for _ in 0..<8 { try peer.codec.seal(code: 16, payload: Snappy.compress([1]).span, into: &wire) }
        peer.node.receive(wire[...], now: peer.now)
        #expect(peer.node.wantsRead == false)
        for _ in 0..<10 {
            peer.now = peer.now + .seconds(15)
            peer.node.deadlineReached(now: peer.now)
            _ = peer.node.takeBytes()
        }
        #expect(peer.node.wantsClose == false)
        #expect(peer.node.takeEvents(now: peer.now).messages.count == 8)
        peer.node.deadlineReached(now: peer.now + .seconds(29))
        #expect(peer.node.wantsClose == false)
        peer.node.deadlineReached(now: peer.now + .seconds(30))
        #expect(peer.node.wantsClose == true)
    }

    @Test("reading stops while a peer doesn't take its answers; too many are the end")
    func output() {
        var limits = ConnectionLimits()
        limits.pausingOutputBytes = 10_000
        limits.maxOutputBytes = 50_000
        var pair = ConnectionPair(limits: limits)
        pair.settle()
        var random = NodeRandom(seed: 1)
        let message = Fixture.message(0, random.bytes(9_000))
        pair.initiator.send([message], now: pair.now)
        #expect(pair.initiator.wantsRead == true)
        pair.initiator.send([message], now: pair.now)
        #expect(pair.initiator.wantsRead == false)
        pair.settle()
        #expect(pair.initiator.wantsRead == true)

        for _ in 0..<6 { pair.initiator.send([message], now: pair.now) }
        #expect(pair.initiator.takeEvents(now: pair.now).closed == .outputOverflow)
        #expect(pair.initiator.ending == .finished)
        #expect(pair.initiator.hasBytes == false)
    }

    @Test("what no frame can hold ends the connection, and the peer hears so")
    func unsendable() {
        var pair = ConnectionPair()
        pair.settle()
        pair.initiator.send(
            [OutboundMessage(capability: 0, id: 0, payload: [UInt8](repeating: 0, count: 1 << 24))], now: pair.now)
        pair.settle()
        #expect(pair.initiatorEvents.closed == .local(.subprotocolError))
        #expect(pair.recipientEvents.closed == .remote(.subprotocolError))
    }

    @Test("lent bytes are the ones that would be taken")
    func lentBytes() {
        var pair = ConnectionPair()
        let copy = pair.initiator.takeBytes { Array($0) }
        #expect(pair.initiator.hasBytes == false)
        pair.recipient.receive(copy[...], now: pair.now)
        pair.settle()
        #expect(pair.initiatorEvents.ready != nil)
    }
}
