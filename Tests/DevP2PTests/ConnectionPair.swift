import EthCrypto
import Primitives
import SansIO

@testable import DevP2P

/// Shortcuts for connections in tests.
enum Fixture {
    static let start = Instant(nanoseconds: 1_700_000_000_000_000_000)

    static func key(_ seed: UInt64) -> PrivateKey {
        var random = NodeRandom(seed: seed, stream: 99)
        return .generate(using: &random)
    }

    static func hello(_ capabilities: [CapabilityDescriptor] = [chat]) -> LocalHello {
        LocalHello(clientID: "Test/v1", capabilities: capabilities)
    }

    /// A capability with little room.
    static let chat = CapabilityDescriptor(
        name: CapabilityName("chat", version: 1), messageCount: 4,
        limits: IngressLimits(maxMessageBytes: 10_000, maxBufferedBytes: 20_000, maxBufferedMessages: 8))

    static func descriptor(_ name: String, _ version: UInt64, _ count: UInt8) -> CapabilityDescriptor {
        CapabilityDescriptor(
            name: CapabilityName(name, version: version), messageCount: count, limits: .standard)
    }

    static func message(_ id: UInt8, _ payload: [UInt8], capability: Int = 0) -> OutboundMessage {
        OutboundMessage(capability: capability, id: id, compressing: payload)
    }
}

/// Two ends of one connection on a byte pipe that loses nothing.
struct ConnectionPair: ~Copyable {
    var initiator: PeerConnection
    var recipient: PeerConnection
    var now = Fixture.start
    /// What each end has told so far.
    var initiatorEvents: [ConnectionEvent] = []
    var recipientEvents: [ConnectionEvent] = []

    init(
        _ initiatorHello: LocalHello = Fixture.hello(), _ recipientHello: LocalHello = Fixture.hello(),
        limits: ConnectionLimits = .standard
    ) {
        initiator = PeerConnection(
            initiatorTo: Fixture.key(2).publicKey, identity: Fixture.key(1), hello: initiatorHello,
            random: NodeRandom(seed: 1), now: Fixture.start, limits: limits)
        recipient = PeerConnection(
            recipient: Fixture.key(2), hello: recipientHello, random: NodeRandom(seed: 2), now: Fixture.start,
            limits: limits)
    }

    /// Moves bytes and events until nothing moves.
    mutating func settle() {
        while initiator.hasBytes || recipient.hasBytes || initiator.hasEvents || recipient.hasEvents {
            let outward = initiator.takeBytes()
            if !outward.isEmpty { recipient.receive(outward[...], now: now) }
            let inward = recipient.takeBytes()
            if !inward.isEmpty { initiator.receive(inward[...], now: now) }
            initiatorEvents += initiator.takeEvents(now: now)
            recipientEvents += recipient.takeEvents(now: now)
        }
    }
}

extension Array where Element == ConnectionEvent {
    var ready: PeerHello? {
        for case .ready(let hello) in self { return hello }
        return nil
    }

    var identified: PublicKey? {
        for case .identified(let key) in self { return key }
        return nil
    }

    var closed: CloseCause? {
        for case .closed(let cause) in self { return cause }
        return nil
    }

    /// Capability, id and payload of the messages.
    var messages: [ReceivedMessage] {
        compactMap {
            guard case .message(let capability, let id, let payload) = $0 else { return nil }
            return ReceivedMessage(capability: capability, id: id, payload: payload)
        }
    }
}

struct ReceivedMessage: Equatable {
    let capability: Int
    let id: UInt8
    let payload: [UInt8]
}

extension Array where Element == UInt8 {
    /// These bytes with one bit changed.
    func flipping(_ bit: Int) -> [UInt8] {
        var bytes = self
        bytes[bit / 8] ^= 1 << (bit % 8)
        return bytes
    }
}
