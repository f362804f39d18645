import Primitives
import RLPx
import SansIO
import TestVectors
import Testing

@testable import DevP2P

/// Compressed payloads that declare what they aren't (ethrex#1148, ethrex#6956, nimbus-eth2#1526: clients allocated what
/// was declared).
@Suite("Hardening: snappy lengths that lie")
struct SnappyLieTests {
    /// As `eth` has: 10 MiB a message.
    private static let eth = Fixture.descriptor("eth", 69, 18)

    private func peer() throws -> RawPeer {
        var peer = try RawPeer.connected(Fixture.hello([Self.eth]))
        try peer.send(0, peer.helloPayload(capabilities: [Self.eth.name]))
        #expect(peer.events.ready != nil)
        return peer
    }

    /// The length as snappy writes it, seven bits a byte.
    private static func declaring(_ count: UInt64, _ body: [UInt8] = [0x00, 0xc0]) -> [UInt8] {
        var rest = count
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)] + body
    }

    @Test(
        "declared snappy length of 16 MiB and more with a tiny body, ethrex#6956: reason 0x10, oversized, no memory",
        arguments: [10 << 20 + 1, 1 << 24 - 1, 1 << 24, 1 << 24 + 1, 1 << 31, 1 << 32 - 1] as [Int])
    func oversized(_ count: Int) throws {
        var peer = try peer()
        try peer.send(20, Self.declaring(UInt64(count)))
        #expect(peer.events.closed == .protocolError(.oversizedMessage(bytes: count, limit: 10 << 20)))
        #expect(peer.events.closed?.offence == .oversizedMessage)
        #expect(peer.disconnectReason == .subprotocolError)
        #expect(peer.node.ending == .flushing)
    }

    @Test("declared snappy length within the limit with a tiny body: corrupt, and no memory is taken for it")
    func implausible() throws {
        for count in [10 << 20, 1 << 20, 1000] as [UInt64] {
            let block = Self.declaring(count)
            let held = block.withUnsafeBytes { block in
                HeapMeter.bytes { try? Snappy.decompress(block, limit: 10 << 20) }
            }
            if let held { #expect(held < 1 << 19, "\(count)") }
            var peer = try peer()
            try peer.send(20, block)
            #expect(peer.events.closed == .protocolError(.corruptCompression))
            #expect(peer.events.closed?.offence == .badFrame)
            #expect(peer.node.ending == .finished)
        }
    }

    @Test(
        "a snappy length without end, or of more than 32 bits: corrupt",
        arguments: [
            [UInt8](repeating: 0x80, count: 5), [UInt8](repeating: 0xff, count: 1 << 16),
            [0xff, 0xff, 0xff, 0xff, 0x1f],
            [0x80, 0x80, 0x80, 0x80, 0x80, 0x00], [0xff],
        ])
    func endlessLength(_ payload: [UInt8]) throws {
        var peer = try peer()
        try peer.send(20, payload)
        #expect(peer.events.closed == .protocolError(.corruptCompression))
        #expect(peer.node.ending == .finished)
    }

    @Test(
        "snappy elements that reach outside: before the beginning, beyond the end, more or less than declared",
        arguments: [
            // A copy of what isn't there, at offset 1 and at offset 0; the second after one literal byte.
            [0x04, 0x01, 0x01], [0x05, 0x00, 0xc0, 0x01, 0x00], [0x05, 0x00, 0xc0, 0x01, 0x02],
            // Literals of 60 bytes, and of 2^32, of which there is one; a literal of more than declared.
            [0x3c, 0xec, 0xc0], [0x3c, 0xfc, 0xff, 0xff, 0xff, 0xff, 0xc0], [0x01, 0x04, 0xc0, 0xc0],
            // Less than declared, and nothing at all.
            [0x03, 0x00, 0xc0], [0x03],
        ] as [[UInt8]])
    func outside(_ payload: [UInt8]) throws {
        var peer = try peer()
        try peer.send(20, payload)
        #expect(peer.events.closed == .protocolError(.corruptCompression))
        #expect(peer.events.messages.isEmpty)
    }

    @Test("a Disconnect that declares 16 MiB is no way around the limit")
    func disconnect() throws {
        var peer = try peer()
        try peer.send(1, Self.declaring(1 << 24))
        #expect(peer.events.closed == .protocolError(.oversizedMessage(bytes: 1 << 24, limit: 2048)))
    }

    @Test("the best that snappy can do, 10 MiB of zeros from 500 KB on the wire, costs what it declares and no more")
    func bomb() throws {
        let zeros = [UInt8](repeating: 0, count: 10 << 20)
        let block = Snappy.compress(zeros)
        #expect(block.count < 500_000)
        let held = block.withUnsafeBytes { block in
            HeapMeter.bytes { try? Snappy.decompress(block, limit: 10 << 20) }
        }
        if let held { #expect(held < 11 << 20) }
        // And reading stops until the node has taken it: a stream of bombs never holds more than one.
        var peer = try peer()
        var wire: [UInt8] = []
        for _ in 0..<4 { try peer.codec.seal(code: 20, payload: block.span, into: &wire) }
        peer.node.receive(wire[...], now: peer.now)
        #expect(peer.node.wantsRead == false)
        for _ in 0..<4 {
            let events = peer.node.takeEvents(now: peer.now)
            #expect(events.messages.map(\.payload.count) == [10 << 20])
        }
        #expect(peer.node.wantsRead == true)
    }
}
