public import DevP2P
import Primitives
import SansIO

/// `topics/1`: messages of topics, between capabilities of nodes any number of hops apart (docs/topics-1.md).
///
/// `TopicMesh` decides who gets what; this gives its decisions a form on the wire, knows what each peer's numbers mean, and
/// keeps the content of messages. It judges nothing: a message comes out as an event, once, and goes on when its owner has
/// accepted it by `judge`.
public struct TopicsCapability: Capability {
    public typealias Message = TopicsMessage

    public enum Event: Sendable {
        /// A message of a topic, for the capability that owns it.
        case message(TopicMessage, owner: Int)
        /// Nodes that may be worth a dial, says a peer that was of use: hearsay, about addresses that it may not know.
        case contacts([MeshContact], from: Peer)
    }

    public static let name = CapabilityName("topics", version: 1)
    /// A message of the largest size, and what is around it.
    public static let limits = IngressLimits(
        maxMessageBytes: (1 << 20) + 1_024, maxBufferedBytes: 4 << 20, maxBufferedMessages: 256)

    var mesh: TopicMesh
    var members = MeshMembers()
    var states: [ConnectionID: PeerState] = [:]
    /// The topics of this node by their numbers.
    var topics: [OpenTopic?] = []
    /// The content of messages, as long as the mesh remembers them.
    var contents: [TopicMessageID: Content] = [:]

    struct PeerState: Sendable {
        /// What the peer's numbers mean.
        var topics: [UInt64: Topic] = [:]
        /// Numbers that have meant a topic before: what still comes under them was sent before the peer has closed it.
        var closedTopics: Set<UInt64> = []
        var published: TokenBucket
    }

    struct OpenTopic: Sendable {
        let topic: Topic
        /// The capability, by its index in the node's list of hosts.
        let owner: Int
    }

    struct Content: Sendable {
        let topic: Int
        let bytes: ArraySlice<UInt8>
    }

    public init(limits: TopicLimits = TopicLimits()) { mesh = TopicMesh(limits: limits) }

    public mutating func peerJoined(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        let limits = mesh.limits
        states[peer.connection] = PeerState(
            published: TokenBucket(burst: limits.publishBurst, perSecond: limits.publishPerSecond, now: node.now))
        let takesPart = members.join(peer, &mesh, &node)
        let subscriptions = subscriptions
        if takesPart, !subscriptions.isEmpty { node.send(.subscribe(subscriptions), to: peer) }
        carryOut(&node)
    }

    public mutating func peerLeft(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        states[peer.connection] = nil
        members.leave(peer, &mesh, &node)
        carryOut(&node)
    }

    public mutating func received(_ message: Message, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        switch message {
        case .subscribe(let topics): receivedSubscriptions(topics, from: peer, &node)
        case .unsubscribe(let numbers): receivedEnd(of: numbers, from: peer)
        case .graft(let numbers):
            for number in numbers {
                guard let ours = meaning(of: number, from: peer, &node) else { continue }
                mesh.receivedGraft(ours, from: peer.connection, now: node.now, random: &node.random)
            }
        case .prune(let number, let prune):
            guard let ours = meaning(of: number, from: peer, &node) else { break }
            let contacts = members.received(prune, of: ours, from: peer, &mesh, &node)
            if !contacts.isEmpty { node.emit(.contacts(contacts, from: peer)) }
        case .have(let number, let ids):
            guard let ours = meaning(of: number, from: peer, &node) else { break }
            mesh.receivedHave(ids, topic: ours, from: peer.connection, now: node.now)
        case .want(let ids): mesh.receivedWant(ids, from: peer.connection)
        case .dontWant(let ids): mesh.receivedDontWant(ids, from: peer.connection)
        case .publish(let number, let bytes): receivedContent(bytes, number, from: peer, &node)
        }
        carryOut(&node)
    }

    public mutating func deadlineReached(_ node: inout CapabilityContext<Self>) {
        mesh.deadlineReached(now: node.now, random: &node.random)
        carryOut(&node)
    }

    /// Does what the mesh wants, and says when to be called again.
    mutating func carryOut(_ node: inout CapabilityContext<Self>) {
        for action in mesh.takeActions() {
            switch action {
            case .have(let topic, let ids, let connection):
                for part in ids.parts(of: TopicLimits.maxIDs) {
                    members.send(.have(topic: UInt64(topic), part), to: [connection], &node)
                }
            case .send(let id, let connections):
                guard let content = contents[id] else { continue }
                members.send(.publish(topic: UInt64(content.topic), content.bytes), to: connections, &node)
            case .forget(let id): contents[id] = nil
            case .graft, .prune, .want, .dontWant, .offence: members.carryOut(action, &node)
            }
        }
        node.deadline = mesh.deadline
    }
}
