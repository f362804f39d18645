public import DevP2P
import EthCrypto
import SansIO

// Topics of this node's capabilities.
extension TopicsCapability {
    /// All that this node has, with their numbers.
    var subscriptions: [TopicSubscription] {
        topics.enumerated().compactMap { number, open in
            open.map { TopicSubscription(number: UInt64(number), topic: $0.topic) }
        }
    }

    /// Opens a topic for a capability. Nothing happens if the topic is open, or the node has `Topic.maxCount`.
    ///
    /// - Parameter owner: the capability, by its index in the node's list of hosts.
    public mutating func subscribe(to topic: Topic, owner: Int, _ node: inout CapabilityContext<Self>) {
        guard number(of: topic) == nil else { return }
        let number = topics.firstIndex { $0 == nil } ?? topics.count
        guard number < Topic.maxCount else { return }
        if number == topics.count { topics.append(nil) }
        topics[number] = OpenTopic(topic: topic, owner: owner)
        mesh.join(number)
        // Before any graft that names the number.
        let receivers = node.peers.filter { mesh.knows($0.connection) }
        node.broadcast(.subscribe([TopicSubscription(number: UInt64(number), topic: topic)]), to: receivers)
        for peer in receivers where states[peer.connection]?.topics.values.contains(topic) == true {
            mesh.peerSubscribed(peer.connection, to: number, now: node.now)
        }
        carryOut(&node)
    }

    /// Closes a topic of a capability.
    public mutating func unsubscribe(from topic: Topic, owner: Int, _ node: inout CapabilityContext<Self>) {
        guard let number = number(of: topic), topics[number]?.owner == owner else { return }
        mesh.leave(number, now: node.now)
        carryOut(&node)
        topics[number] = nil
        contents = contents.filter { $0.value.topic != number }
        let receivers = node.peers.filter { mesh.knows($0.connection) }
        node.broadcast(.unsubscribe([UInt64(number)]), to: receivers)
    }

    /// Sends a capability's message to all nodes that have its topic. Nothing happens for one that is larger than
    /// `TopicLimits.maxMessageBytes`, that has been sent before, or whose topic isn't the capability's.
    public mutating func publish(
        _ bytes: [UInt8], on topic: Topic, owner: Int, _ node: inout CapabilityContext<Self>
    ) {
        guard let number = number(of: topic), topics[number]?.owner == owner,
            bytes.count <= mesh.limits.maxMessageBytes
        else { return }
        let id = Self.messageID(bytes, topic)
        guard !mesh.hasSeen(id) else { return }
        contents[id] = Content(topic: number, bytes: bytes[...])
        mesh.publish(id, bytes: bytes.count, topic: number, now: node.now)
        carryOut(&node)
    }

    /// What the owner of a topic says of a message that it was handed.
    public mutating func judge(
        _ id: TopicMessageID, _ verdict: TopicVerdict, owner: Int, _ node: inout CapabilityContext<Self>
    ) {
        guard let content = contents[id], topics[content.topic]?.owner == owner, verdict != .later else {
            return
        }
        mesh.validated(id, verdict)
        if verdict != .accept { contents[id] = nil }
        carryOut(&node)
    }

    /// Keccak-256 of name, zero byte and content, of which 16 bytes are kept.
    static func messageID(_ bytes: some Collection<UInt8>, _ topic: Topic) -> TopicMessageID {
        TopicMessageID(prefixOf: Keccak256.hash(topic.bytes + [0] + bytes))
    }

    func number(of topic: Topic) -> Int? { topics.firstIndex { $0?.topic == topic } }
}
