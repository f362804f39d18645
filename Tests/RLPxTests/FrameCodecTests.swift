import EthCrypto
import Primitives
import SansIO
import Testing

@testable import RLPx

@Suite("FrameCodec")
struct FrameCodecTests {
    struct Message: Equatable {
        let code: UInt64
        let payload: [UInt8]
    }

    @Test("messages of many sizes and codes come out as they went in")
    func roundTrip() throws {
        var sender = try initiator()
        var receiver = try recipient()
        var random = NodeRandom(seed: 2)
        let sizes = Array(0...50) + [1000, 1024, 65535, 65536, 1 << 20]
        let codes: [UInt64] = [0, 1, 16, 127, 128, 255, 256, 65535, 1 << 32, .max]
        var sent: [Message] = []
        var wire: [UInt8] = []
        for (index, size) in sizes.enumerated() {
            let message = Message(code: codes[index % codes.count], payload: random.bytes(size))
            try sender.seal(message, &wire)
            sent.append(message)
        }
        receiver.append(wire[...])
        #expect(try receiver.openAll() == sent)
        #expect(receiver.bufferedBytes == 0)
    }

    @Test("both directions are independent")
    func duplex() throws {
        var left = try initiator()
        var right = try recipient()
        for round in 0..<10 as Range<UInt8> {
            var wire: [UInt8] = []
            try left.seal(Message(code: 17, payload: [round]), &wire)
            right.append(wire[...])
            #expect(try right.openAll() == [Message(code: 17, payload: [round])])
            wire = []
            try right.seal(Message(code: 18, payload: [round, round]), &wire)
            left.append(wire[...])
            #expect(try left.openAll() == [Message(code: 18, payload: [round, round])])
        }
    }

    @Test("one byte at a time; a message comes with its last byte")
    func drip() throws {
        var sender = try initiator()
        var receiver = try recipient()
        for size in [0, 1, 15, 16, 100] {
            var wire: [UInt8] = []
            let message = Message(code: 16, payload: [UInt8](repeating: 7, count: size))
            try sender.seal(message, &wire)
            for byte in wire.dropLast() {
                receiver.append([byte])
                #expect(try receiver.openAll().isEmpty)
            }
            receiver.append(wire.suffix(1))
            #expect(try receiver.openAll() == [message])
        }
    }

    @Test("random pieces")
    func pieces() throws {
        var sender = try initiator()
        var receiver = try recipient()
        var random = NodeRandom(seed: 5)
        var wire: [UInt8] = []
        let sent = (0..<100).map { Message(code: $0, payload: random.bytes(Int.random(in: 0...300, using: &random))) }
        for message in sent { try sender.seal(message, &wire) }
        var opened: [Message] = []
        var rest = wire[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...700, using: &random)
            receiver.append(rest.prefix(count))
            rest = rest.dropFirst(count)
            opened += try receiver.openAll()
        }
        #expect(opened == sent)
    }

    @Test("truncated at each byte: it waits")
    func truncated() throws {
        let wire = try sealedOnce()
        for count in 0..<wire.count {
            var receiver = try recipient()
            receiver.append(wire[..<count])
            #expect(try receiver.openAll().isEmpty)
        }
    }

    @Test("each bit flipped: the header's MAC covers the first half, the frame's the second")
    func flipped() throws {
        let wire = try sealedOnce()
        for bit in 0..<8 * wire.count {
            var receiver = try recipient()
            receiver.append(wire.flipping(bit)[...])
            let expected = bit < 8 * 32 ? RLPxError.badHeaderMAC : .badFrameMAC
            #expect(throws: expected) { try receiver.openAll() }
            // And it stays broken, whatever follows.
            receiver.append(wire[...])
            #expect(throws: expected) { try receiver.openAll() }
        }
    }

    @Test("a frame that was sent before, or is left out, is noticed")
    func replayed() throws {
        var sender = try initiator()
        var receiver = try recipient()
        var first: [UInt8] = []
        var second: [UInt8] = []
        try sender.seal(Message(code: 16, payload: [1]), &first)
        try sender.seal(Message(code: 16, payload: [2]), &second)
        receiver.append(first[...])
        #expect(try receiver.openAll().count == 1)
        receiver.append(first[...])
        #expect(throws: RLPxError.badHeaderMAC) { try receiver.openAll() }
        var other = try recipient()
        other.append(second[...])
        #expect(throws: RLPxError.badHeaderMAC) { try other.openAll() }
    }

    @Test("the announced size is checked with the header, and takes no memory")
    func announced() throws {
        var sender = try RawFrameSender(seed: 1)
        let wire = sender.header(content: 0xff_ffff)
        var patient = try recipient()
        patient.append(wire[...])
        #expect(try patient.openAll().isEmpty)
        #expect(patient.heldBytes < 1024)

        var receiver = try recipient()
        receiver.maxContentBytes = 0xff_fffe
        receiver.append(wire[...])
        #expect(throws: RLPxError.frameTooLarge(bytes: 0xff_ffff, limit: 0xff_fffe)) { try receiver.openAll() }
    }

    @Test("memory grows with what has come, and is given back")
    func memory() throws {
        var sender = try initiator()
        var receiver = try recipient()
        var wire: [UInt8] = []
        try sender.seal(Message(code: 16, payload: [UInt8](repeating: 1, count: 4 << 20)), &wire)
        receiver.append(wire[..<(1 << 20)])
        #expect(try receiver.openAll().isEmpty)
        #expect(receiver.heldBytes < 3 << 20)
        receiver.append(wire[(1 << 20)...])
        #expect(try receiver.openAll().count == 1)
        // The next frame may be as large; a small one shows that it isn't.
        #expect(receiver.heldBytes >= 4 << 20)
        try receiver.passOne(from: &sender)
        #expect(receiver.heldBytes == 0)
        try receiver.passOne(from: &sender)
        #expect(receiver.heldBytes > 0)
        receiver.releaseMemory()
        #expect(receiver.heldBytes == 0)
    }

    @Test("what a large frame needed is given back by an idle connection too")
    func idleMemory() throws {
        var sender = try initiator()
        var receiver = try recipient()
        try receiver.passOne(from: &sender, payload: [UInt8](repeating: 1, count: 4 << 20))
        #expect(receiver.heldBytes >= 4 << 20)
        receiver.releaseMemory()
        #expect(receiver.heldBytes == 0)
    }

    @Test("frames of one size are received in one buffer", arguments: [1 << 10, 1 << 20])
    func steadyMemory(_ size: Int) throws {
        var sender = try initiator()
        var receiver = try recipient()
        let payload = [UInt8](repeating: 1, count: size)
        try receiver.passOne(from: &sender, payload: payload)
        let held = receiver.heldBytes
        #expect(held > size)
        for _ in 0..<8 {
            try receiver.passOne(from: &sender, payload: payload)
            #expect(receiver.heldBytes == held)
        }
    }

    @Test("what no frame can hold isn't sent, and changes nothing")
    func tooLarge() throws {
        var sender = try initiator()
        var receiver = try recipient()
        var wire: [UInt8] = []
        let payload = [UInt8](repeating: 0, count: 0xff_ffff)
        #expect(throws: RLPxError.frameTooLarge(bytes: 1 << 24, limit: 0xff_ffff)) {
            try sender.seal(code: 16, payload: payload.span, into: &wire)
        }
        #expect(wire.isEmpty)
        try sender.seal(code: 16, payload: payload.span.extracting(droppingLast: 1), into: &wire)
        receiver.append(wire[...])
        #expect(try receiver.openAll().first?.payload.count == 0xff_fffe)
    }

    @Test(
        "an authentic frame whose content is no code",
        arguments: [
            [], [0x00], [0x81, 0x7f], [0x81], [0x82, 0x00, 0xff], [0xc0], [0xff], [0x82, 0x80],
            [0x89, 1, 2, 3, 4, 5, 6, 7, 8, 9], [0xb8, 0x01, 0xff],
        ] as [[UInt8]])
    func invalidCode(_ content: [UInt8]) throws {
        var sender = try RawFrameSender(seed: 1)
        let wire = sender.frame(content: content)
        var receiver = try recipient()
        receiver.append(wire[...])
        #expect(throws: RLPxError.invalidMessageCode) { try receiver.openAll() }
    }

    @Test("the header's other bytes are not looked at")
    func headerData() throws {
        var sender = try RawFrameSender(seed: 1)
        let wire = sender.frame(content: [0x10, 0xc0], headerData: [0xc3, 0x01, 0x02, 0x03, 0xff])
        var receiver = try recipient()
        receiver.append(wire[...])
        #expect(try receiver.openAll() == [Message(code: 16, payload: [0xc0])])
    }

    @Test(
        "codes as RLP integers",
        arguments: [
            (0, [0x80]), (1, [0x01]), (0x7f, [0x7f]), (0x80, [0x81, 0x80]), (0xff, [0x81, 0xff]),
            (0x100, [0x82, 1, 0]),
            (.max, [0x88] + [UInt8](repeating: 0xff, count: 8)),
        ] as [(UInt64, [UInt8])])
    func codes(_ code: UInt64, _ encoded: [UInt8]) {
        var buffer = [UInt8](repeating: 0xaa, count: FrameLayout.codeCount(code))
        buffer.withUnsafeMutableBytes { FrameLayout.writeCode(code, to: $0) }
        #expect(buffer == encoded)
        let read = encoded.withUnsafeBytes { FrameLayout.readCode($0) }
        #expect(read?.code == code)
        #expect(read?.count == encoded.count)
    }

    private func sealedOnce() throws -> [UInt8] {
        var sender = try initiator()
        var wire: [UInt8] = []
        try sender.seal(Message(code: 16, payload: Array("twenty bytes of data".utf8)), &wire)
        return wire
    }

    private func initiator() throws -> FrameCodec {
        FrameCodec(try HandshakePair(seed: 1).complete().initiator.secrets)
    }

    private func recipient() throws -> FrameCodec {
        FrameCodec(try HandshakePair(seed: 1).complete().recipient.secrets)
    }
}

extension FrameCodec {
    mutating func seal(_ message: FrameCodecTests.Message, _ wire: inout [UInt8]) throws(RLPxError) {
        try seal(code: message.code, payload: message.payload.span, into: &wire)
    }

    /// Opens one message of the sender's.
    mutating func passOne(from sender: inout FrameCodec, payload: [UInt8] = [1]) throws {
        var wire: [UInt8] = []
        try sender.seal(FrameCodecTests.Message(code: 16, payload: payload), &wire)
        append(wire[...])
        #expect(try openAll() == [FrameCodecTests.Message(code: 16, payload: payload)])
    }

    /// All complete messages.
    mutating func openAll() throws(RLPxError) -> [FrameCodecTests.Message] {
        var messages: [FrameCodecTests.Message] = []
        while let next = try open({ code, payload in
            FrameCodecTests.Message(code: code, payload: payload.withUnsafeBufferPointer { Array($0) })
        }) {
            messages.append(next)
        }
        return messages
    }
}
