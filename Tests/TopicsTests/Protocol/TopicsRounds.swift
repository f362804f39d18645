import RLP
import SansIO
import Testing

@testable import DevP2P
@testable import Topics

extension TopicsMessage {
    var payload: [UInt8] {
        var writer = RLPWriter()
        encode(into: &writer)
        return writer.bytes
    }
}

extension OutboundMessage {
    var topics: TopicsMessage? {
        let uncompressed = payload.withUnsafeBytes { try? Snappy.decompress($0, limit: 10 << 20) }
        guard let uncompressed else { return nil }
        return try? TopicsMessage(id: id, payload: uncompressed[...])
    }
}

/// One node's topics with their host and a clock.
struct TopicsRounds {
    var host = CapabilityHost(TopicsCapability(), index: 0)
    private var node = HostContext<TopicsCapability.Event>(now: .start, random: NodeRandom(seed: 1))

    init() { host.take(.started, &node) }

    var now: Instant {
        get { node.now }
        set { node.now = newValue }
    }

    mutating func join(_ peer: Peer) {
        host.take(.joined(peer, index: 0), &node)
    }

    mutating func receive(_ message: TopicsMessage, from peer: Peer) {
        host.take(.received(peer.connection, index: 0, id: message.id, payload: message.payload), &node)
    }

    mutating func call(_ body: (inout TopicsCapability, inout CapabilityContext<TopicsCapability>) -> Void) {
        host.withContext(&node) { body(&$0, &$1) }
    }

    mutating func wait(_ duration: Duration) {
        let end = now + duration
        while let deadline = host.deadline, deadline <= end {
            now = max(now, deadline)
            host.take(.deadlineReached, &node)
        }
        now = end
    }

    mutating func take() -> [HostEffect<TopicsCapability.Event>] {
        defer { node.effects = [] }
        return node.effects
    }

    /// The effects as words, for instance `3: publish 7 on 0`; without grafts and subscriptions.
    mutating func words() -> [String] {
        take().map { effect in
            switch effect {
            case .send(let connection, let outbound): "\(connection.rawValue): \(Self.describe(outbound))"
            case .offence(let connection, let offence): "\(connection.rawValue)! \(offence)"
            case .event(let event):
                switch event {
                case .message(let message, let owner): "message of \(message.topic) for \(owner)"
                case .contacts(let contacts, _): "contacts \(contacts.count)"
                }
            default: "?"
            }
        }.filter { !$0.hasSuffix(": graft") && !$0.hasSuffix(": subscribe") }
    }

    private static func describe(_ outbound: OutboundMessage) -> String {
        switch outbound.topics {
        case .subscribe: "subscribe"
        case .unsubscribe: "unsubscribe"
        case .graft: "graft"
        case .prune(_, let prune): "prune for \(prune.seconds)"
        case .have(_, let ids): "have \(ids.count)"
        case .want(let ids): "want \(ids.count)"
        case .dontWant(let ids): "dontWant \(ids.count)"
        case .publish(let topic, let bytes): "publish \(bytes.count) on \(topic)"
        case nil: "undecodable"
        }
    }
}
