import DequeModule
import DevP2P
import SansIO

/// A message that has come and isn't forgotten yet. Its content is its owner's to keep.
struct MeshMessage: Sendable {
    let topic: Int
    let bytes: Int
    /// The heartbeat of its arrival.
    let beat: UInt32
    let arrived: Instant
    /// Where it came from first; nil for one of this node.
    var source: Int?
    /// Whether it was asked for, that is not brought by the mesh.
    var isPulled = false
    var isAccepted = false
    /// The heartbeat from which on it is announced; nil while it isn't.
    var announcedFrom: UInt32?
    /// Peers that have sent, announced or refused it: they have it.
    var holders = PeerSet()
    /// Peers that were sent it.
    var receivers = PeerSet()
    /// Peers that were told of it by have.
    var told = PeerSet()
}

/// The newest messages, by id, bounded in number, bytes and age.
struct MeshCache: Sendable {
    private(set) var messages: [TopicMessageID: MeshMessage] = [:]
    /// Their ids, the oldest first.
    private(set) var ids = Deque<TopicMessageID>()
    private(set) var bytes = 0

    var count: Int { messages.count }

    subscript(id: TopicMessageID) -> MeshMessage? {
        get { messages[id] }
        _modify { yield &messages[id] }
    }

    mutating func insert(_ message: MeshMessage, _ id: TopicMessageID) {
        guard messages.updateValue(message, forKey: id) == nil else { return }
        ids.append(id)
        bytes += message.bytes
    }

    /// Takes out the oldest message if it is too old, or if there are too many; nil where there is nothing to do.
    mutating func evict(_ limits: TopicLimits, beat: UInt32) -> TopicMessageID? {
        guard let id = ids.first, let first = messages[id] else { return nil }
        let isOld = beat &- first.beat >= limits.cachedBeats
        guard isOld || count > limits.maxCached || bytes > limits.maxCachedBytes && count > 1 else { return nil }
        ids.removeFirst()
        messages[id] = nil
        bytes -= first.bytes
        return id
    }

    /// The topic is closed: its number may be another's next.
    mutating func removeAll(of topic: Int) {
        for (id, message) in messages where message.topic == topic {
            messages[id] = nil
            bytes -= message.bytes
        }
        ids.removeAll { messages[$0] == nil }
    }

    /// A slot of the peer list is free: its next peer is another one.
    mutating func removePeer(_ slot: Int) {
        for id in ids {
            messages[id]?.holders.remove(slot)
            messages[id]?.receivers.remove(slot)
            messages[id]?.told.remove(slot)
            if messages[id]?.source == slot { messages[id]?.source = nil }
        }
    }
}
