import EthCrypto
import Primitives
import SansIO
import Testing

@testable import RLPx

@Suite("Without crypto, as simulations want it")
struct PlainTests {
    private let dialer: PrivateKey
    private let dialed: PrivateKey

    init() {
        var random = NodeRandom(seed: 1)
        dialer = .generate(using: &random)
        dialed = .generate(using: &random)
    }

    private func ends() throws -> (Handshake.Completed, Handshake.Completed, sizes: [Int]) {
        var initiator = Handshake(plainWith: dialed.publicKey, identity: dialer, random: NodeRandom(seed: 2))
        var recipient = Handshake(plainWith: nil, identity: dialed, random: NodeRandom(seed: 3))
        let auth = initiator.takeOutput()
        let second = try #require(try recipient.receive(auth[...]))
        let ack = recipient.takeOutput()
        let first = try #require(try initiator.receive(ack[...]))
        return (first, second, [auth.count, ack.count])
    }

    @Test func bothEndsKnowEachOther() throws {
        let (first, second, sizes) = try ends()
        #expect(first.remoteKey == dialed.publicKey)
        #expect(second.remoteKey == dialer.publicKey)
        // The prefix of 2, the overhead of ECIES of 113, the list of 169 or 102, padding of 100 to 250: as with crypto.
        let bounds = [384...534, 317...467]
        #expect(bounds[0].contains(sizes[0]) && bounds[1].contains(sizes[1]), "\(sizes)")
    }

    @Test func whoIsMeantMatters() throws {
        var initiator = Handshake(plainWith: dialer.publicKey, identity: dialer, random: NodeRandom(seed: 2))
        var recipient = Handshake(plainWith: nil, identity: dialed, random: NodeRandom(seed: 3))
        let auth = initiator.takeOutput()
        #expect(throws: RLPxError.undecryptableHandshake) { try recipient.receive(auth[...]) }
    }

    @Test("frames have the size that they have with crypto, and can be read")
    func frames() throws {
        let (first, second, _) = try ends()
        var sender = FrameCodec(first.secrets)
        var receiver = FrameCodec(second.secrets)
        var bytes: [UInt8] = []
        let payload = [UInt8](0..<100)
        try sender.seal(code: 0x10, payload: payload.span, into: &bytes)
        #expect(bytes.count == 32 + 112 + 16)
        #expect(Array(bytes[32 + 1..<32 + 101]) == payload, "nothing is encrypted")
        receiver.append(bytes[...])
        let opened = try receiver.open { code, payload in
            (code, payload.withUnsafeBufferPointer { Array($0) })
        }
        #expect(opened?.0 == 0x10 && opened?.1 == payload)
        bytes[20] = 1
        receiver.append(bytes[...])
        #expect(throws: RLPxError.badHeaderMAC) { try receiver.open { code, _ in code } }
    }

    @Test("a real handshake never ends in plain frames")
    func realIsReal() throws {
        let (real, _) = try HandshakePair(seed: 1).complete()
        #expect(!real.secrets.isPlain)
        var codec = FrameCodec(real.secrets)
        var bytes: [UInt8] = []
        try codec.seal(code: 0x10, payload: [UInt8](0..<100).span, into: &bytes)
        #expect(Array(bytes[33..<133]) != [UInt8](0..<100))
    }
}
