import Primitives
import RLPx
import SansIO
import TestVectors
import Testing

@testable import DevP2P

/// go-ethereum takes the memory for a frame as soon as its size is announced: 15 peers cost it 240 MiB. Here memory
/// grows with the bytes that have come.
@Suite("Hardening: frames that are announced and never sent", .enabled(if: HeapMeter.isPresent, "no heap statistics"))
struct FrameMemoryTests {
    /// Capabilities that allow frames of 16 MiB, and those of `eth`.
    private static let large = CapabilityDescriptor(
        name: CapabilityName("large", version: 1), messageCount: 4,
        limits: IngressLimits(maxMessageBytes: 1 << 24, maxBufferedBytes: 1 << 20, maxBufferedMessages: 256))

    /// Dials a node and sends it the beginning of a frame.
    private func stalled(seed: UInt64, sending count: Int, of frame: Int) throws -> Held {
        var peer = try RawPeer.connected(Fixture.hello([Self.large]))
        try peer.send(0, peer.helloPayload(capabilities: [Self.large.name]))
        var wire: [UInt8] = []
        try peer.codec.seal(code: 16, payload: [UInt8](repeating: 0, count: frame).span, into: &wire)
        var rest = wire[..<count]
        wire = []
        // As a socket delivers it.
        while !rest.isEmpty {
            peer.node.receive(rest.prefix(1 << 16), now: peer.now)
            rest = rest.dropFirst(1 << 16)
        }
        #expect(peer.node.wantsRead == true)
        #expect(peer.node.ending == .open)
        return Held(peer.node)
    }

    @Test("15 peers that announce frames of 16 MiB cost about nothing, where go-ethereum takes 240 MiB")
    func announced() throws {
        let held = try HeapMeter.bytes {
            try (0..<15).map { try stalled(seed: UInt64($0), sending: 32, of: 0xff_fff0) }
        }
        #expect(try #require(held) < 2 << 20)
    }

    @Test("a frame of 16 MiB that stops after 1 MiB costs at most twice what has come")
    func begun() throws {
        let held = try HeapMeter.bytes { try stalled(seed: 1, sending: 1 << 20, of: 0xff_fff0) }
        #expect(try #require(held) < 2 << 20 + 1 << 18)
    }

    @Test("a peer in the middle of its auth costs a few kilobytes")
    func halfOpen() throws {
        let held = HeapMeter.bytes {
            (0..<500).map { seed in
                var node = PeerConnection(
                    recipient: Fixture.key(2), hello: Fixture.hello(), random: NodeRandom(seed: UInt64(seed)),
                    now: Fixture.start)
                node.receive([0x01, 0xf0, 0x04] + [UInt8](repeating: 7, count: 400), now: Fixture.start)
                return Held(node)
            }
        }
        #expect(try #require(held) < 500 * 8192)
    }

    /// A connection in an array.
    private final class Held {
        let node: PeerConnection
        init(_ node: consuming PeerConnection) { self.node = node }
    }
}
