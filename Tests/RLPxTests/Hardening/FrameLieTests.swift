import EthCrypto
import Primitives
import SansIO
import Testing

@testable import RLPx

/// Frames whose header says one thing and whose bytes say another. All of them have good MACs where a peer can make
/// good ones.
@Suite("Hardening: frames that lie")
struct FrameLieTests {
    private func recipient() throws -> FrameCodec {
        FrameCodec(try HandshakePair(seed: 1).complete().recipient.secrets)
    }

    @Test(
        "frame length lie: a body longer or shorter than its header says is a bad frame MAC",
        arguments: [-40, -32, -17, -16, 16, 17, 32, 1 << 16])
    func lengthLie(_ lie: Int) throws {
        let content = [0x10] + [UInt8](repeating: 7, count: 49)
        var sender = try RawFrameSender(seed: 1)
        let wire = sender.frame(content: content, announcing: content.count + lie)
        var receiver = try recipient()
        // What follows can't make it good again.
        receiver.append((wire + [UInt8](repeating: 0, count: max(0, lie) + 64))[...])
        #expect(throws: RLPxError.badFrameMAC) { try receiver.openAll() }
        #expect(receiver.heldBytes == 0)
    }

    @Test("frame length lie within the padding: the payload is what the header says, no byte more", arguments: 1...14)
    func paddingLie(_ shorter: Int) throws {
        // 2 + 14 bytes fill the block exactly; the header claims fewer.
        let content: [UInt8] = [0x10] + Array(1...15)
        var sender = try RawFrameSender(seed: 1)
        let wire = sender.frame(content: content, announcing: content.count - shorter)
        var receiver = try recipient()
        receiver.append(wire[...])
        let expected = FrameCodecTests.Message(code: 16, payload: Array(content.dropFirst().dropLast(shorter)))
        #expect(try receiver.openAll() == [expected])
    }

    @Test("padding that isn't zero is ignored, as in go-ethereum: it never reaches a payload")
    func padding() throws {
        var sender = try RawFrameSender(seed: 1)
        let wire = sender.frame(content: [0x10, 0xc0] + [UInt8](repeating: 0xee, count: 14), announcing: 2)
        var receiver = try recipient()
        receiver.append(wire[...])
        #expect(try receiver.openAll() == [FrameCodecTests.Message(code: 16, payload: [0xc0])])
    }

    @Test("a frame of nothing: size zero is no message, with and without a body", arguments: [0, 16])
    func nothing(_ body: Int) throws {
        var sender = try RawFrameSender(seed: 1)
        let wire = sender.frame(content: [UInt8](repeating: 0x10, count: body), announcing: 0)
        var receiver = try recipient()
        receiver.append(wire[...])
        #expect(throws: body == 0 ? RLPxError.invalidMessageCode : .badFrameMAC) { try receiver.openAll() }
    }

    @Test("bad MAC at each position, in the fifth frame: header MAC and frame MAC are told apart, nothing is opened")
    func badMAC() throws {
        for position in Array(16..<32) + Array(48..<64) {
            var sender = try RawFrameSender(seed: 1)
            var receiver = try recipient()
            for round in 0..<4 as Range<UInt8> {
                receiver.append(sender.frame(content: [0x10, round])[...])
                #expect(try receiver.openAll().count == 1)
            }
            var wire = sender.frame(content: [0x10, 4])
            #expect(wire.count == 64)
            wire[position] ^= 0x80
            receiver.append(wire[...])
            #expect(throws: position < 32 ? RLPxError.badHeaderMAC : .badFrameMAC) { try receiver.openAll() }
        }
    }

    @Test("a MAC of zeros, of ones, or repeated from the frame before is a bad MAC")
    func forgedMAC() throws {
        var sender = try RawFrameSender(seed: 1)
        let first = sender.frame(content: [0x10, 1])
        let second = sender.frame(content: [0x10, 2])
        let forgeries = [[UInt8](repeating: 0, count: 16), [UInt8](repeating: 0xff, count: 16), Array(first[16..<32])]
        for forgery in forgeries {
            var receiver = try recipient()
            receiver.append(first[...])
            #expect(try receiver.openAll().count == 1)
            receiver.append((second[..<16] + forgery + second[32...])[...])
            #expect(throws: RLPxError.badHeaderMAC) { try receiver.openAll() }
        }
    }
}
