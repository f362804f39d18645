public import DevP2P
public import RLP

/// A topic that a peer has, and the number by which its messages name it: `[number, name]`.
public struct TopicSubscription: Hashable, Sendable {
    /// Below `Topic.maxCount`.
    public var number: UInt64
    public var topic: Topic

    public init(number: UInt64, topic: Topic) {
        self.number = number
        self.topic = topic
    }
}

extension TopicSubscription: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(number)
            list.write(topic.bytes)
        }
    }

    /// - Throws: also for a name that is empty or longer than `Topic.maxBytes`.
    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        number = try list.read()
        guard let topic = Topic(bytes: try list.readBytes(limit: Topic.maxBytes)) else { throw .invalidValue }
        self.topic = topic
        try list.expectEnd()
    }
}
