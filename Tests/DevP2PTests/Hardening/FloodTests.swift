import Primitives
import RLP
import RLPx
import SansIO
import TestVectors
import Testing

@testable import DevP2P

/// Too much of something allowed, and messages where there is nothing to say any more.
@Suite("Hardening: floods, and messages out of turn")
struct FloodTests {
    @Test("ping flood, CVE-2023-40591: 100,000 pings in one read end it with reason 2, after a burst of answers")
    func pings() throws {
        var peer = try RawPeer.ready()
        var wire: [UInt8] = []
        for _ in 0..<100_000 { try peer.codec.seal(code: 2, payload: [0x01, 0x00, 0xc0].span, into: &wire) }
        let before = peer.frames.count
        peer.node.receive(wire[...], now: peer.now)
        try peer.take()
        #expect(peer.events.closed == .protocolError(.pingFlood))
        #expect(peer.events.closed?.offence == .spam)
        let answers = peer.frames.dropFirst(before)
        let burst = Int(ConnectionLimits.standard.pingBurst)
        #expect(burst <= 64)
        #expect(answers.map(\.code) == Array(repeating: 3, count: burst) + [1])
        #expect(peer.disconnectReason == .protocolBreach)
    }

    @Test("pings from a peer that takes no pongs: what waits for it stays small, however long it goes on")
    func pingsUnread() throws {
        var peer = try RawPeer.ready()
        for _ in 0..<3600 where peer.events.closed == nil {
            peer.now = peer.now + .seconds(1)
            var wire: [UInt8] = []
            try peer.codec.seal(code: 2, payload: [0x01, 0x00, 0xc0].span, into: &wire)
            peer.node.receive(wire[...], now: peer.now)
            if let deadline = peer.node.deadline, deadline <= peer.now { peer.node.deadlineReached(now: peer.now) }
            peer.events += peer.node.takeEvents(now: peer.now)
        }
        // Not taken for 20 s.
        #expect(peer.events.closed == .timeout(.write))
        #expect(peer.now - Fixture.start <= .seconds(21))
    }

    @Test("pong flood, and floods of the base protocol's unused codes: no answer, no event, no memory")
    func ignored() throws {
        var peer = try RawPeer.ready()
        let events = peer.events.count
        let frames = peer.frames.count
        for code in [3, 0] + Array(4...15) as [UInt64] {
            var wire: [UInt8] = []
            for _ in 0..<2000 { try peer.codec.seal(code: code, payload: [0xff].span, into: &wire) }
            peer.node.receive(wire[...], now: peer.now)
            try peer.take()
        }
        #expect(peer.events.count == events && peer.frames.count == frames)
        #expect(peer.node.wantsRead == true)
    }

    @Test("a Hello full of unknown capabilities: the shared one is found, the others cost nothing")
    func unknownCapabilities() throws {
        var peer = try RawPeer.connected()
        // Some 300 of them: as many as a Hello holds.
        let names = (0..<300).map { CapabilityName("x\($0 % 10)", version: UInt64($0 % 100)) }
        try peer.send(0, peer.helloPayload(capabilities: names + [Fixture.chat.name]))
        #expect(peer.events.ready?.shared == [0])
        // Codes are given out for shared capabilities only.
        try peer.send(16, Snappy.compress([1]))
        #expect(peer.events.messages == [ReceivedMessage(capability: 0, id: 0, payload: [1])])
        try peer.send(20, Snappy.compress([1]))
        #expect(peer.events.closed == .protocolError(.codeOutOfRange(20)))
        #expect(peer.events.closed?.offence == .badFrame)
    }

    @Test("one capability announced 300 times has one range of codes")
    func repeatedCapability() throws {
        var peer = try RawPeer.connected()
        try peer.send(0, peer.helloPayload(capabilities: Array(repeating: Fixture.chat.name, count: 250)))
        #expect(peer.events.ready?.shared == [0])
        try peer.send(20, Snappy.compress([1]))
        #expect(peer.events.closed == .protocolError(.codeOutOfRange(20)))
    }

    @Test("a Hello of unknown capabilities only, empty names and versions of 2^64 - 1 among them: reason 3")
    func nothingShared() throws {
        var peer = try RawPeer.connected()
        let names = [CapabilityName("", version: .max), CapabilityName("chat", version: .max)]
        try peer.send(0, peer.helloPayload(capabilities: names))
        #expect(peer.events.closed == .local(.uselessPeer))
        #expect(peer.disconnectReason == .uselessPeer)
    }

    @Test("messages after the peer's own Disconnect are dropped, pings aren't answered")
    func afterDisconnect() throws {
        var peer = try RawPeer.ready()
        try peer.send(1, Snappy.compress([0xc1, 0x08]))
        #expect(peer.events.closed == .remote(.quitting))
        let (events, frames) = (peer.events.count, peer.frames.count)
        for code in [16, 2, 1, 0, .max] as [UInt64] { try peer.send(code, Snappy.compress([0xc0])) }
        #expect(peer.events.count == events && peer.frames.count == frames)
        #expect(peer.node.ending == .finished)
    }

    @Test("messages after this node's Disconnect are dropped, and can't keep the connection open")
    func afterOwnDisconnect() throws {
        var peer = try RawPeer.ready()
        peer.node.disconnect(.tooManyPeers, now: peer.now)
        try peer.take()
        #expect(peer.disconnectReason == .tooManyPeers)
        let (events, frames) = (peer.events.count, peer.frames.count)
        for round in 0..<100 as Range<UInt64> { try peer.send(2 + round % 20, Snappy.compress([0xc0])) }
        #expect(peer.events.count == events && peer.frames.count == frames)
        try peer.wait(.seconds(2))
        #expect(peer.node.ending == .finished)
    }

    @Test("a flood of messages that nobody takes stops the reading: what waits is bounded in number and bytes")
    func messages() throws {
        var peer = try RawPeer.ready()
        var wire: [UInt8] = []
        let block = Snappy.compress([0xc0])
        for _ in 0..<10_000 { try peer.codec.seal(code: 16, payload: block.span, into: &wire) }
        peer.node.receive(wire[...], now: peer.now)
        #expect(peer.node.wantsRead == false)
        var total = 0
        while peer.node.hasEvents {
            let events = peer.node.takeEvents(now: peer.now)
            #expect(events.messages.count <= Fixture.chat.limits.maxBufferedMessages)
            total += events.messages.count
        }
        #expect(total == 10_000)
    }
}
