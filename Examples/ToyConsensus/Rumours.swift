import DevP2P
import EthCrypto
import NodeCore
import NodeRecord
import Primitives
import SansIO
import Simulator

/// What one node says, all hear, over any number of hops: a capability without messages of its own, only a topic.
///
/// Each node looks at a rumour before it passes it on. What isn't text, or is too long, ends where it comes from.
struct Rumours: Capability {
    typealias Message = NoMessages
    typealias Event = String
    typealias Command = String

    static let name = CapabilityName("rumour", version: 1)
    static let topic = Topic("rumour/heard")

    mutating func started(_ node: inout CapabilityContext<Self>) { node.subscribe(to: Self.topic) }

    mutating func commandReceived(_ text: String, _ node: inout CapabilityContext<Self>) {
        node.publish(Array(text.utf8), on: Self.topic)
    }

    mutating func topicMessage(
        _ message: TopicMessage, _ node: inout CapabilityContext<Self>
    ) -> TopicVerdict {
        guard message.bytes.count <= 280, let text = String(validating: message.bytes, as: UTF8.self) else {
            return .reject
        }
        node.emit(text)
        return .accept
    }

    /// A line of nodes in virtual time, each connected to the ones before and after it; the first one speaks.
    ///
    /// - Returns: what each of the others has heard.
    static func simulate(nodes: Int) throws -> [[String]] {
        let simulation = Simulation(seed: 1)
        var random = NodeRandom(seed: 1)
        var last: NodeContact?
        for index in 0..<nodes {
            let key = PrivateKey.generate(using: &random)
            var node = NodeConfiguration(
                key: key, clientID: "rumour/\(index)", advertisedIP: .v4(0x0a00_0001 + UInt32(index)), udpPort: 30303,
                tcpPort: 30303)
            node.discoveryEnabled = false
            node.staticPeers = last.map { [$0] } ?? []
            last = NodeContact(publicKey: key.publicKey, ip: node.advertisedIP, udpPort: 30303, tcpPort: 30303)
            try simulation.add(node, hosts: [CapabilityConfiguration(Rumours())])
        }
        simulation.run(for: .seconds(5))
        for text in ["the king has", "donkey's ears"] {
            simulation.handle(.command(name, text), at: simulation.nodes[0])
        }
        simulation.run(for: .seconds(5))
        return simulation.nodes.dropFirst().map { node in node.events.compactMap(\.rumour) }
    }
}

extension NodeEvent {
    /// What was heard, if this is about it.
    fileprivate var rumour: String? {
        if case .capability(Rumours.name, let event) = self { event as? String } else { nil }
    }
}
