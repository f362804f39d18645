import Primitives
import RLPx
import SansIO
import Testing

@testable import DevP2P

@Suite("PeerConnection: time")
struct ConnectionTimersTests {
    @Test("a silent peer: 5 s for the key exchange")
    func handshake() {
        var pair = ConnectionPair()
        #expect(pair.recipient.deadline == Fixture.start + .seconds(5))
        pair.recipient.deadlineReached(now: Fixture.start + .milliseconds(4999))
        #expect(pair.recipient.wantsClose == false)
        pair.recipient.deadlineReached(now: Fixture.start + .seconds(5))
        #expect(pair.recipient.takeEvents(now: pair.now).closed == .timeout(.handshake))
        #expect(pair.recipient.ending == .finished)
    }

    @Test("a peer that drips its handshake gains no time")
    func slowHandshake() {
        var pair = ConnectionPair()
        let auth = pair.initiator.takeBytes()
        for (second, byte) in auth.prefix(4).enumerated() {
            pair.recipient.receive([byte], now: Fixture.start + .seconds(second + 1))
        }
        pair.recipient.deadlineReached(now: Fixture.start + .seconds(5))
        #expect(pair.recipient.takeEvents(now: pair.now).closed == .timeout(.handshake))
    }

    @Test("no Hello: 10 s from the key exchange")
    func hello() throws {
        var peer = try RawPeer.connected()
        #expect(peer.node.deadline == Fixture.start + .seconds(10))
        try peer.wait(.seconds(10))
        #expect(peer.events.closed == .timeout(.hello))
    }

    @Test("pings each 15 s; 30 s without a frame is the end, with reason 0x0b")
    func idle() throws {
        var peer = try RawPeer.ready()
        #expect(peer.node.deadline == Fixture.start + .seconds(15))
        try peer.wait(.seconds(15))
        #expect(peer.frames.last == RawPeer.Frame(code: 2, payload: [0x01, 0x00, 0xc0]))
        #expect(peer.node.deadline == Fixture.start + .seconds(30))
        try peer.wait(.seconds(15))
        #expect(peer.events.closed == .timeout(.idle))
        #expect(peer.disconnectReason == .timeout)
        #expect(peer.node.ending == .flushing)
        try peer.wait(.seconds(2))
        #expect(peer.node.ending == .finished)
    }

    @Test("any frame keeps the connection alive", arguments: [3, 0, 7, 15, 16] as [UInt64])
    func keptAlive(_ code: UInt64) throws {
        var peer = try RawPeer.ready()
        for _ in 0..<10 {
            try peer.wait(.seconds(14))
            try peer.send(code, [0x01, 0x00, 0xc0])
        }
        #expect(peer.events.closed == nil)
        // 140 s: a ping each time that 15 s had passed.
        #expect(peer.frames.filter { $0.code == 2 }.count == 5)
    }

    @Test("a frame that never ends doesn't")
    func endlessFrame() throws {
        var peer = try RawPeer.ready()
        var wire: [UInt8] = []
        try peer.codec.seal(code: 16, payload: [UInt8](repeating: 0, count: 5000).span, into: &wire)
        for (second, byte) in wire.prefix(29).enumerated() {
            peer.node.receive([byte], now: Fixture.start + .seconds(second))
        }
        try peer.wait(.seconds(30))
        #expect(peer.events.closed == .timeout(.idle))
    }

    @Test("two idle ends keep each other alive")
    func bothIdle() throws {
        var pair = ConnectionPair()
        pair.settle()
        for _ in 0..<100 {
            let deadlines = [pair.initiator.deadline, pair.recipient.deadline].compactMap { $0 }
            pair.now = try #require(deadlines.min())
            pair.initiator.deadlineReached(now: pair.now)
            pair.recipient.deadlineReached(now: pair.now)
            pair.settle()
        }
        #expect(pair.initiatorEvents.closed == nil)
        #expect(pair.recipientEvents.closed == nil)
        #expect(pair.now - Fixture.start == .seconds(1500))
    }

    @Test("output that isn't taken for 20 s is the end")
    func write() {
        var pair = ConnectionPair()
        pair.settle()
        pair.initiator.send([Fixture.message(0, [1])], now: pair.now + .seconds(1))
        pair.initiator.send([Fixture.message(0, [2])], now: pair.now + .seconds(9))
        pair.initiator.deadlineReached(now: pair.now + .milliseconds(20_999))
        #expect(pair.initiator.wantsClose == false)
        pair.initiator.deadlineReached(now: pair.now + .seconds(21))
        #expect(pair.initiator.takeEvents(now: pair.now).closed == .timeout(.write))
        #expect(pair.initiator.ending == .finished)
    }

    @Test("ping is answered; a flood of them is the end")
    func pingFlood() throws {
        var peer = try RawPeer.ready()
        for _ in 0..<16 { try peer.send(2, [0x01, 0x00, 0xc0]) }
        #expect(peer.frames.filter { $0 == RawPeer.Frame(code: 3, payload: [0x01, 0x00, 0xc0]) }.count == 16)
        #expect(peer.events.closed == nil)
        try peer.send(2, [0x01, 0x00, 0xc0])
        #expect(peer.events.closed == .protocolError(.pingFlood))
        #expect(peer.events.closed?.offence == .spam)
        #expect(peer.disconnectReason == .protocolBreach)
    }

    @Test("a ping a second is no flood")
    func pings() throws {
        var peer = try RawPeer.ready()
        for _ in 0..<60 {
            try peer.wait(.seconds(1))
            try peer.send(2, [0x01, 0x00, 0xc0])
        }
        #expect(peer.events.closed == nil)
    }
}
