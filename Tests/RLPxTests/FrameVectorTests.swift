import EthCrypto
import Primitives
import TestVectors
import Testing

@testable import RLPx

@Suite("FrameCodec: known answers")
struct FrameVectorTests {
    @Test("the first frames of the connection that auth2 and ack2 open")
    func continuation() throws {
        var initiator = FrameCodec(try KnownAnswers.secrets(isInitiator: true))
        var recipient = FrameCodec(try KnownAnswers.secrets(isInitiator: false))
        let hello = FrameCodecTests.Message(code: 0, payload: try KnownAnswers.bytes(KnownAnswers.hello))
        let ping = FrameCodecTests.Message(code: 2, payload: [0x01, 0x00, 0xc0])
        let disconnect = FrameCodecTests.Message(code: 1, payload: [0xc1, 0x04])

        var wire: [UInt8] = []
        try initiator.seal(hello, &wire)
        #expect(Hex.encode(wire) == KnownAnswers.helloFrame)
        try initiator.seal(ping, &wire)
        #expect(Hex.encode(wire) == KnownAnswers.helloFrame + KnownAnswers.pingFrame)
        recipient.append(wire[...])
        #expect(try recipient.openAll() == [hello, ping])

        wire = []
        try recipient.seal(disconnect, &wire)
        #expect(Hex.encode(wire) == KnownAnswers.disconnectFrame)
        initiator.append(wire[...])
        #expect(try initiator.openAll() == [disconnect])
    }

    /// go-ethereum's vector fakes the MACs (32 times 01), so only the ciphertext is compared.
    @Test("go-ethereum's frame")
    func ciphertext() throws {
        let secret = Keccak256.empty
        var codec = FrameCodec(
            HandshakeSecrets(aes: secret, mac: secret, egress: Keccak256(), ingress: Keccak256()))
        var wire: [UInt8] = []
        try codec.seal(.init(code: 8, payload: [0xc4, 1, 2, 3, 4]), &wire)
        #expect(wire.count == 64)
        #expect(Hex.encode(wire[..<16]) == "00828ddae471818bb0bfa6b551d1cb42")
        #expect(Hex.encode(wire[32..<48]) == "ba628a4ba590cb43f7848f41c4382885")
    }

    @Test("go-ethereum's frame, from the vectors", .enabled(if: TestVectors.isPresent, "no vectors"))
    func ciphertextFile() throws {
        let file = try TestVectors.json("02c-wire-vectors/rlpx-frame.json")
        let secrets = HandshakeSecrets(
            aes: try #require(Hash32(hex: file["aesSecret"]?.string ?? "")),
            mac: try #require(Hash32(hex: file["macSecret"]?.string ?? "")), egress: Keccak256(), ingress: Keccak256())
        let frame = try #require(file["frame"]?.bytes)
        var codec = FrameCodec(secrets)
        var wire: [UInt8] = []
        try codec.seal(
            .init(
                code: try #require(file["msgCode"]?.uint64), payload: try #require(file["msgPayloadRlp"]?.bytes)),
            &wire)
        #expect(wire[..<16] == frame[..<16])
        #expect(wire[32..<48] == frame[32..<48])
    }

    @Test(
        "frames that besu has received", .enabled(if: TestVectors.isPresent, "no vectors"),
        arguments: ["peer1.json.gz", "peer2.json"])
    func besu(_ name: String) throws {
        let file = try TestVectors.json("02c-wire-vectors/besu/" + name)
        var codec = FrameCodec(
            HandshakeSecrets(
                aes: try #require(Hash32(hex: file["aes_secret"]?.string ?? "")),
                mac: try #require(Hash32(hex: file["mac_secret"]?.string ?? "")),
                egress: try runningHash(file["egress_gen"]), ingress: try runningHash(file["ingress_gen"])))
        let messages = try #require(file["messages"]?.array)
        #expect(!messages.isEmpty)
        for message in messages {
            codec.append(try #require(message["data"]?.bytes)[...])
            let opened = try codec.openAll()
            #expect(opened.count == 1)
            let content = FrameLayout.codeCount(opened[0].code) + opened[0].payload.count
            #expect(content == message["frame_size"]?.int)
        }
        #expect(codec.bufferedBytes == 0)
    }

    private func runningHash(_ parts: JSONValue?) throws -> Keccak256 {
        var hash = Keccak256()
        for part in try #require(parts?.array) { hash.update(try #require(part.bytes)) }
        return hash
    }
}
