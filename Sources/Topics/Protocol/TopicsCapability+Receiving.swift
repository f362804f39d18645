import DevP2P
import SansIO

// Topics and messages of peers.
extension TopicsCapability {
    mutating func receivedSubscriptions(
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
            }
        }
    }

    /// A peer has closed topics. Numbers that it never gave a meaning don't matter.
    mutating func receivedEnd(of numbers: [UInt64], from peer: Peer) {
        for number in numbers {
            guard let topic = states[peer.connection]?.topics.removeValue(forKey: number) else { continue }
            states[peer.connection]?.closedTopics.insert(number)
            if let ours = self.number(of: topic) { mesh.peerUnsubscribed(peer.connection, from: ours) }
        }
    }

    /// This node's number of a topic that a peer names by its own; nil where one of them doesn't have it (any more). Only a
    /// number that the peer never gave a meaning is its fault.
    func meaning(of number: UInt64, from peer: Peer, _ node: inout CapabilityContext<Self>) -> Int? {
        guard let state = states[peer.connection] else { return nil }
        guard let topic = state.topics[number] else {
            if !state.closedTopics.contains(number) { node.report(.protocolBreach, by: peer) }
            return nil
        }
        return self.number(of: topic)
    }

    mutating func receivedContent(
        _ bytes: ArraySlice<UInt8>, _ number: UInt64, from peer: Peer, _ node: inout CapabilityContext<Self>
    ) {
        guard bytes.count <= mesh.limits.maxMessageBytes else { return node.report(.oversizedMessage, by: peer) }
        // A small message has a price too.
        let price = Double(bytes.count + 256)
        guard states[peer.connection]?.published.take(price, now: node.now) == true else {
            return node.report(.spam, by: peer)
        }
        guard let ours = meaning(of: number, from: peer, &node), let open = topics[ours] else { return }
        let id = Self.messageID(bytes, open.topic)
        guard mesh.received(id, bytes: bytes.count, topic: ours, from: peer.connection, now: node.now) == .new else {
            return
        }
        let copy = Array(bytes)
        contents[id] = Content(topic: ours, bytes: copy[...])
        node.emit(.message(TopicMessage(topic: open.topic, id: id, bytes: copy, from: peer), owner: open.owner))
    }
}
