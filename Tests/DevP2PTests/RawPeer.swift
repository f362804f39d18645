import EthCrypto
import Primitives
import RLP
import RLPx
import SansIO

@testable import DevP2P

/// A peer that has done the key exchange with a `PeerConnection`, and can now send it whatever it likes.
struct RawPeer: ~Copyable {
    struct Frame: Equatable {
        let code: UInt64
        let payload: [UInt8]
    }

    var node: PeerConnection
    var codec: FrameCodec
    var now = Fixture.start
    var events: [ConnectionEvent] = []
    /// What the node has sent.
    var frames: [Frame] = []

    /// Dials the node.
    static func connected(
        _ hello: LocalHello = Fixture.hello(), limits: ConnectionLimits = .standard
    ) throws -> RawPeer {
        var node = PeerConnection(
            recipient: Fixture.key(2), hello: hello, random: NodeRandom(seed: 2), now: Fixture.start, limits: limits)
        var handshake = try Handshake(
            initiatorTo: Fixture.key(2).publicKey, identity: Fixture.key(1), random: NodeRandom(seed: 1))
        node.receive(handshake.takeOutput()[...], now: Fixture.start)
        guard let completed = try handshake.receive(node.takeBytes()[...]) else {
            throw RLPxError.undecryptableHandshake
        }
        var codec = FrameCodec(completed.secrets)
        codec.append(completed.rest[...])
        var peer = RawPeer(node: node, codec: codec)
        try peer.take()
        return peer
    }

    private init(node: consuming PeerConnection, codec: consuming FrameCodec) {
        self.node = node
        self.codec = codec
    }

    /// Dials the node and exchanges Hellos.
    static func ready(
        _ hello: LocalHello = Fixture.hello(), limits: ConnectionLimits = .standard
    ) throws -> RawPeer {
        var peer = try connected(hello, limits: limits)
        try peer.send(0, peer.helloPayload())
        return peer
    }

    func helloPayload(
        version: UInt64 = 5, capabilities: [CapabilityName] = [Fixture.chat.name], key: [UInt8]? = nil
    ) -> [UInt8] {
        var writer = RLPWriter()
        writer.list { list in
            list.write(version)
            list.write("Raw/v1".utf8)
            list.write(list: capabilities)
            list.write(UInt64(0))
            list.write(key ?? Fixture.key(1).publicKey.bytes)
        }
        return writer.bytes
    }

    /// Sends a frame as it is, and takes what comes of it.
    mutating func send(_ code: UInt64, _ payload: [UInt8]) throws {
        var wire: [UInt8] = []
        try codec.seal(code: code, payload: payload.span, into: &wire)
        node.receive(wire[...], now: now)
        try take()
    }

    mutating func take() throws {
        codec.append(node.takeBytes()[...])
        while let frame = try codec.open({ code, payload in
            Frame(code: code, payload: payload.withUnsafeBufferPointer { Array($0) })
        }) {
            frames.append(frame)
        }
        events += node.takeEvents(now: now)
    }

    /// Lets time pass.
    mutating func wait(_ duration: Duration) throws {
        now = now + duration
        node.deadlineReached(now: now)
        try take()
    }

    /// The reason of the compressed Disconnect that came last; nil where another frame did.
    var disconnectReason: DisconnectReason? {
        guard let last = frames.last, last.code == 1 else { return nil }
        let payload = last.payload.withUnsafeBytes { try? Snappy.decompress($0, limit: 100) }
        return payload.flatMap { DisconnectReason(payload: $0[...]) }
    }
}
