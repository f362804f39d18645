public import DevP2P
import EthCrypto
import Primitives
import SansIO

// Topics of this node's capabilities.
extension TopicGossip {
    /// All that this node has, with their numbers.
    var subscriptions: [TopicSubscription] {
        topics.enumerated().compactMap { number, open in
            open.map { TopicSubscription(number: UInt64(number), topic: $0.topic) }
        }
    }

    /// Opens a topic for a capability, by its place in the node's list. Nothing happens if the topic is open, or the node
    /// has too many.
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

    /// Sends a capability's message to all nodes that have its topic. Nothing happens for one that is too large, that has
    /// been sent before, or whose topic isn't the capability's.
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

    /// Keccak-256 of name, zero byte and content, of which the mesh keeps 16 bytes.
    static func messageID(_ bytes: some Collection<UInt8>, _ topic: Topic) -> TopicMessageID {
        TopicMessageID(prefixOf: Keccak256.hash(topic.bytes + [0] + bytes))
    }

    private func number(of topic: Topic) -> Int? { topics.firstIndex { $0?.topic == topic } }

    // MARK: From peers

    mutating func receivedControl(_ message: Message, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        switch message {
        case .subscribe(let topics): receivedSubscriptions(topics, from: peer, &node)
        case .unsubscribe(let numbers):
            for number in numbers {
                guard let topic = states[peer.connection]?.topics.removeValue(forKey: number) else { continue }
                states[peer.connection]?.closedTopics.insert(number)
                if let ours = self.number(of: topic) { mesh.peerUnsubscribed(peer.connection, from: ours) }
            }
        case .graft(let numbers):
            for number in numbers {
                guard let ours = meaning(of: number, from: peer, &node) else { continue }
                mesh.receivedGraft(ours, from: peer.connection, now: node.now, random: &node.random)
            }
        case .prune(let prune): received(prune, from: peer, &node)
        case .have(let number, let ids):
            guard let ours = meaning(of: number, from: peer, &node) else { return }
            mesh.receivedHave(ids, topic: ours, from: peer.connection, now: node.now)
        case .want(let ids): mesh.receivedWant(ids, from: peer.connection)
        case .dontWant(let ids): mesh.receivedDontWant(ids, from: peer.connection)
        case .publish(let number, let bytes): receivedContent(bytes, number, from: peer, &node)
        case .newBlockHashes, .compactBlock, .getBlockTransactions, .blockTransactions, .getBlocks, .blocks: break
        }
    }

    /// A node cuts its meshes once a second and then leaves whom it pruned alone for a minute, so a peer has no reason to
    /// name others often.
    private mutating func received(_ prune: TopicPrune, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        guard let ours = meaning(of: prune.topic, from: peer, &node) else { return }
        let backoff = Duration.seconds(Int64(clamping: min(prune.seconds, 86_400)))
        let isBelieved = mesh.receivedPrune(ours, backoff: backoff, from: peer.connection, now: node.now)
        guard !prune.contacts.isEmpty else { return }
        guard states[peer.connection]?.referrals.take(now: node.now) == true else {
            return node.report(.spam, by: peer)
        }
        if isBelieved { node.emit(.contacts(prune.contacts, from: peer)) }
    }

    private mutating func receivedSubscriptions(
        _ subscriptions: [TopicSubscription], from peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        for subscription in subscriptions {
            let known = states[peer.connection]?.topics ?? [:]
            guard subscription.number < UInt64(Topic.maxCount), known[subscription.number] == nil,
                !known.values.contains(subscription.topic)
            else { return node.report(.protocolBreach, by: peer) }
            states[peer.connection]?.topics[subscription.number] = subscription.topic
            states[peer.connection]?.closedTopics.remove(subscription.number)
            if let ours = number(of: subscription.topic) {
                mesh.peerSubscribed(peer.connection, to: ours, now: node.now)
                if ours == Self.blockNumber { node.emit(.blocksWanted(by: peer)) }
            }
        }
    }

    /// This node's number of a topic that a peer names by its own; nil where one of them doesn't have it (any more). Only a
    /// number that the peer never gave a meaning is its fault.
    private func meaning(of number: UInt64, from peer: Peer, _ node: inout CapabilityContext<Self>) -> Int? {
        guard let state = states[peer.connection] else { return nil }
        guard let topic = state.topics[number] else {
            if !state.closedTopics.contains(number) { node.report(.protocolBreach, by: peer) }
            return nil
        }
        return self.number(of: topic)
    }

    private mutating func receivedContent(
        _ bytes: ArraySlice<UInt8>, _ number: UInt64, from peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        guard bytes.count <= mesh.limits.maxMessageBytes else { return node.report(.oversizedMessage, by: peer) }
        // A small message has a price too.
        let price = Double(bytes.count + 256)
        guard states[peer.connection]?.published.take(price, now: node.now) == true else {
            return node.report(.spam, by: peer)
        }
        guard let ours = meaning(of: number, from: peer, &node), let open = topics[ours] else { return }
        // Blocks have messages of their own.
        guard let owner = open.owner else { return node.report(.protocolBreach, by: peer) }
        let id = Self.messageID(bytes, open.topic)
        guard mesh.received(id, bytes: bytes.count, topic: ours, from: peer.connection, now: node.now) == .new else {
            return
        }
        let copy = Array(bytes)
        contents[id] = Content(topic: ours, bytes: copy[...])
        node.emit(.topicMessage(TopicMessage(topic: open.topic, id: id, bytes: copy, from: peer), owner: owner))
    }
}
