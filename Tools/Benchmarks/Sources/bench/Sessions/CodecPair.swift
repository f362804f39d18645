import CBench
import EthCrypto
import Primitives
import RLPx
import SansIO

/// Two frame codecs, one sealing what the other opens.
struct CodecPair: ~Copyable {
    private var sender: FrameCodec
    private var receiver: FrameCodec
    private var wire: [UInt8] = []
    /// How many messages are on the way at a time: about 64 KiB, as a socket is read.
    private let batch: Int
    private let message: [UInt8]
    private let block: UnsafeMutableBufferPointer<UInt8>
    private let isCompressed: Bool

    init(message: [UInt8], isCompressed: Bool) throws {
        let (initiator, recipient) = try Self.secrets()
        sender = FrameCodec(initiator)
        receiver = FrameCodec(recipient)
        batch = max(1, (64 << 10) / message.count)
        self.message = message
        self.isCompressed = isCompressed
        block = .allocate(capacity: bench_snappy_room(message.count))
    }

    deinit { block.deallocate() }

    /// What a handshake has given to both ends.
    static func secrets() throws -> (HandshakeSecrets, HandshakeSecrets) {
        var random = NodeRandom(seed: 1)
        let (here, there) = (PrivateKey.generate(using: &random), PrivateKey.generate(using: &random))
        var initiator = try Handshake(initiatorTo: there.publicKey, identity: here, random: random.fork())
        var recipient = Handshake(recipient: there, random: random.fork())
        guard let far = try recipient.receive(initiator.takeOutput()[...]),
            let near = try initiator.receive(recipient.takeOutput()[...])
        else { throw BenchFailure.unexpected("a handshake that doesn't end") }
        return (near.secrets, far.secrets)
    }

    /// Sends at least `count` messages through both codecs.
    mutating func run(_ count: Int) -> Int {
        var sent = 0
        var bytes = 0
        while sent < count {
            for _ in 0..<batch { seal() }
            sent += batch
            wire.withUnsafeBytes { receiver.append($0) }
            wire.removeAll(keepingCapacity: true)
            bytes += open()
        }
        return bytes / message.count
    }

    private mutating func seal() {
        let (message, block) = (message, block)
        if isCompressed, let address = block.baseAddress {
            let size = bench_snappy_compress(message, message.count, address)
            try? sender.seal(code: 16, payload: block.extracting(..<size).span, into: &wire)
        } else {
            try? sender.seal(code: 16, payload: message.span, into: &wire)
        }
    }

    private mutating func open() -> Int {
        var bytes = 0
        let isCompressed = isCompressed
        while true {
            let size = try? receiver.open { _, payload in
                payload.withUnsafeBufferPointer { payload in
                    guard isCompressed, let address = payload.baseAddress else { return payload.count }
                    return bench_snappy_decompress(address, payload.count)
                }
            }
            guard let size else { return bytes }
            bytes += size
        }
    }
}

enum BenchFailure: Error {
    case unexpected(String)
}

/// So that a closure can hold what can't be copied.
final class Box<Value: ~Copyable> {
    var value: Value
    init(_ value: consuming Value) { self.value = value }
}

extension [UInt8] {
    /// Repeatable noise, which doesn't compress.
    static func noise(_ count: Int) -> [UInt8] {
        var random = NodeRandom(seed: 1337)
        return random.bytes(count)
    }
}
