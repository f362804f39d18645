import DevP2P
import EthCrypto
import SansIO

/// Two ends of one connection, ready, with a capability of a few messages.
struct ConnectionPair: ~Copyable {
    var initiator: PeerConnection
    var recipient: PeerConnection
    static let now = Instant(nanoseconds: 1_800_000_000_000_000_000)

    static let hello = LocalHello(
        clientID: "Starling/bench",
        capabilities: [
            CapabilityDescriptor(
                name: CapabilityName("bench", version: 1), messageCount: 4,
                limits: IngressLimits(maxMessageBytes: 10 << 20, maxBufferedBytes: 4 << 20, maxBufferedMessages: 1024))
        ])

    init() throws {
        var random = NodeRandom(seed: 7)
        try self.init(.generate(using: &random), .generate(using: &random), &random)
    }

    init(_ here: PrivateKey, _ there: PrivateKey, _ random: inout NodeRandom) throws {
        initiator = PeerConnection(
            initiatorTo: there.publicKey, identity: here, hello: Self.hello, random: random.fork(), now: Self.now)
        recipient = PeerConnection(recipient: there, hello: Self.hello, random: random.fork(), now: Self.now)
        settle()
        guard !initiator.wantsClose, !recipient.wantsClose else {
            throw BenchFailure.unexpected("a connection that doesn't get ready")
        }
    }

    /// Both ends, each to be used by a thread of its own.
    consuming func split() -> (Box<PeerConnection>, Box<PeerConnection>) { (Box(initiator), Box(recipient)) }

    /// Moves what there is until nothing moves.
    mutating func settle() {
        while initiator.hasBytes || recipient.hasBytes || initiator.hasEvents || recipient.hasEvents {
            let outward = initiator.takeBytes()
            if !outward.isEmpty { recipient.receive(outward[...], now: Self.now) }
            let inward = recipient.takeBytes()
            if !inward.isEmpty { initiator.receive(inward[...], now: Self.now) }
            _ = initiator.takeEvents(now: Self.now)
            _ = recipient.takeEvents(now: Self.now)
        }
    }

    /// Sends a message `count` times; the result is the number of events at the other end.
    mutating func exchange(_ message: [UInt8], _ count: Int) -> Int {
        for _ in 0..<count {
            initiator.send([OutboundMessage(capability: 0, id: 1, compressing: message)], now: Self.now)
        }
        let wire = initiator.takeBytes()
        recipient.receive(wire[...], now: Self.now)
        return recipient.takeEvents(now: Self.now).count
    }
}
