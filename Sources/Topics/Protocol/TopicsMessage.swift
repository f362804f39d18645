public import DevP2P
public import RLP

/// The messages of `topics/1` (docs/topics-1.md). A topic is named by the number that the sender of the message gave it in
/// `subscribe`.
///
///     0   Subscribe    [[number, name], …]                      topics that the sender has from now on
///     1   Unsubscribe  [number, …]
///     2   Graft        [number, …]                              the receiver is in the sender's mesh
///     3   Prune        [number, seconds, [[ip, port, key], …]]  it isn't; others that it may try instead
///     4   Have         [number, [id, …]]                        messages that the sender can be asked for
///     5   Want         [id, …]
///     6   DontWant     [id, …]                                  messages that the sender has already
///     7   Publish      [number, bytes]                          a message of a topic
///
/// An id is the first 16 bytes of the Keccak-256 of name, zero byte and content.
public enum TopicsMessage: CapabilityMessage {
    case subscribe([TopicSubscription])
    case unsubscribe([UInt64])
    case graft([UInt64])
    case prune(topic: UInt64, MeshPrune)
    case have(topic: UInt64, [TopicMessageID])
    case want([TopicMessageID])
    case dontWant([TopicMessageID])
    case publish(topic: UInt64, ArraySlice<UInt8>)

    public static let reservedIDs = UInt8(TopicsMessageID.allCases.count)

    public var id: UInt8 { messageID.rawValue }

    private var messageID: TopicsMessageID {
        switch self {
        case .subscribe: .subscribe
        case .unsubscribe: .unsubscribe
        case .graft: .graft
        case .prune: .prune
        case .have: .have
        case .want: .want
        case .dontWant: .dontWant
        case .publish: .publish
        }
    }
}

extension TopicsMessage: MeshControl {
    package static func graft(of topic: Int) -> Self { .graft([UInt64(topic)]) }

    package static func prune(of topic: Int, _ prune: MeshPrune) -> Self { .prune(topic: UInt64(topic), prune) }
}

extension TopicsMessage {
    /// Only content may wait where upload is short.
    public var uploadClass: UploadClass {
        switch self {
        case .subscribe, .unsubscribe, .graft, .prune, .have, .want, .dontWant: .control
        case .publish: .relay
        }
    }

    /// Who is in whose mesh is neither gossip nor a request.
    public static func use(of id: UInt8) -> MessageUse {
        switch TopicsMessageID(rawValue: id) {
        case .have, .publish: .gossip
        case .want: .request
        case .subscribe, .unsubscribe, .graft, .prune, .dontWant, nil: .other
        }
    }

    /// Messages of a topic, which mean nothing to a peer any more once the topic's number does.
    public var stream: UInt64? { if case .publish(let topic, _) = self { topic } else { nil } }

    public var endedStreams: [UInt64] { if case .unsubscribe(let topics) = self { topics } else { [] } }
}

extension TopicsMessage {
    public func encode(into writer: inout RLPWriter) {
        switch self {
        case .subscribe(let topics): writer.write(list: topics)
        case .unsubscribe(let numbers), .graft(let numbers):
            writer.list { list in
                for number in numbers { list.write(number) }
            }
        case .prune(let topic, let prune):
            writer.list { list in
                list.write(topic)
                prune.encodeFields(to: &list)
            }
        case .have(let topic, let ids):
            writer.list { list in
                list.write(topic)
                list.write(list: ids)
            }
        case .want(let ids), .dontWant(let ids): writer.write(list: ids)
        case .publish(let topic, let bytes):
            writer.list { list in
                list.write(topic)
                list.write(bytes)
            }
        }
    }

    /// Counts are checked before anything is decoded.
    public init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError) {
        guard let messageID = TopicsMessageID(rawValue: id) else { throw .unknownMessageID(id) }
        do {
            var reader = RLPReader(payload)
            self = try Self.read(messageID, &reader)
        } catch .tooMany(let limit) {
            throw .limitExceeded(limit: limit)
        } catch {
            throw .malformed(error)
        }
    }

    private static func read(_ id: TopicsMessageID, _ reader: inout RLPReader) throws(RLPError) -> Self {
        switch id {
        case .subscribe: return .subscribe(try reader.readList(limit: Topic.maxCount))
        case .unsubscribe: return .unsubscribe(try readNumbers(&reader))
        case .graft: return .graft(try readNumbers(&reader))
        case .want: return .want(try reader.readList(limit: TopicLimits.maxIDs))
        case .dontWant: return .dontWant(try reader.readList(limit: TopicLimits.maxIDs))
        case .prune, .have, .publish:
            var list = try reader.readList()
            let message = try readNumbered(id, try list.read(UInt64.self), &list)
            try list.expectEnd()
            return message
        }
    }

    private static func readNumbers(_ reader: inout RLPReader) throws(RLPError) -> [UInt64] {
        try reader.readList(limit: Topic.maxCount) { (list) throws(RLPError) in try list.read(UInt64.self) }
    }

    /// The messages that begin with the number of a topic.
    private static func readNumbered(
        _ id: TopicsMessageID, _ topic: UInt64, _ list: inout RLPReader
    ) throws(RLPError) -> Self {
        switch id {
        case .prune: .prune(topic: topic, try MeshPrune(fieldsFrom: &list))
        case .have: .have(topic: topic, try list.readList(limit: TopicLimits.maxIDs))
        default: .publish(topic: topic, try list.readBytes())
        }
    }
}
