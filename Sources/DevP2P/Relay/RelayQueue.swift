import DequeModule

/// What waits for a program that may be slow, in order and bounded.
///
/// Messages beyond the bounds are dropped, and the program is told how many. That a peer has joined or left is never
/// dropped: of a peer that comes and goes before the program looks, nothing remains in the queue.
public struct RelayQueue<Content: CapabilityMessage>: Sendable {
    public enum Item: Sendable {
        /// A peer that shares the capability is connected.
        case joined(Peer)
        case received(Content, from: Peer)
        /// The peer is gone. Once for each `joined`.
        case left(Peer)
        /// A message of a topic, to be judged.
        case topicMessage(TopicMessage)
        /// So many messages came here that the queue had no room for.
        case lost(UInt64)
    }

    public let maxMessages: Int
    public let maxBytes: Int

    private var items = Deque<(item: Item, bytes: Int)>()
    private var messages = 0
    private var bytes = 0
    /// Peers whose `joined` nobody has read yet.
    private var unread: Set<ConnectionID> = []

    public init(maxMessages: Int, maxBytes: Int) {
        self.maxMessages = maxMessages
        self.maxBytes = maxBytes
    }

    public var isEmpty: Bool { items.isEmpty }

    /// The items that wait.
    public var count: Int { items.count }

    /// - Complexity: O(1) amortised; O(count) for a peer that leaves before it was seen to join.
    public mutating func append(_ event: RelayEvent<Content>) {
        switch event {
        case .attached(_, let peers): for peer in peers { append(.joined(peer)) }
        case .joined(let peer):
            unread.insert(peer.connection)
            items.append((.joined(peer), 0))
        case .received(let message, let peer):
            add(.received(message.content, from: peer), bytes: message.byteCount)
        case .topicMessage(let message): add(.topicMessage(message), bytes: message.bytes.count)
        case .left(let peer):
            if unread.remove(peer.connection) != nil {
                forget(peer)
            } else {
                items.append((.left(peer), 0))
            }
        }
    }

    public mutating func popFirst() -> Item? {
        guard let (item, size) = items.popFirst() else { return nil }
        switch item {
        case .received, .topicMessage:
            messages -= 1
            bytes -= size
        case .joined(let peer): unread.remove(peer.connection)
        case .left, .lost: break
        }
        return item
    }

    /// A message, if there is room for it. One always fits, or a large one never would.
    private mutating func add(_ item: Item, bytes size: Int) {
        guard messages < maxMessages, messages == 0 || size <= maxBytes - bytes else { return lose(1) }
        items.append((item, size))
        messages += 1
        bytes += size
    }

    private mutating func lose(_ count: UInt64) {
        if case .lost(let before)? = items.last?.item {
            items[items.count - 1].item = .lost(before &+ count)
        } else {
            items.append((.lost(count), 0))
        }
    }

    private mutating func forget(_ peer: Peer) {
        var kept = Deque<(item: Item, bytes: Int)>()
        for (item, size) in items {
            switch item {
            case .joined(peer): break
            case .received(_, from: peer):
                messages -= 1
                bytes -= size
            default: kept.append((item, size))
            }
        }
        items = kept
    }
}
