public import Chain
public import DevP2P
public import EthWire
public import Primitives
public import RLP

/// A topic that a peer has, and the number by which its messages name it: `[number, name]`.
public struct TopicSubscription: Hashable, Sendable {
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

    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        number = try list.read()
        guard let topic = Topic(bytes: try list.readBytes(limit: Topic.maxBytes)) else { throw .invalidValue }
        self.topic = topic
        try list.expectEnd()
    }
}

/// The end of a place in a mesh: `[number, seconds, [contact, …]]`.
public struct TopicPrune: Hashable, Sendable {
    public var topic: UInt64
    /// For how long the receiver shall not graft.
    public var seconds: UInt64
    /// Others that have the topic.
    public var contacts: [GossipContact]

    public init(topic: UInt64, seconds: UInt64, contacts: [GossipContact] = []) {
        self.topic = topic
        self.seconds = seconds
        self.contacts = contacts
    }
}

extension TopicPrune: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(topic)
            list.write(seconds)
            list.write(list: contacts)
        }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        topic = try list.read()
        seconds = try list.read()
        contacts = try list.readList(limit: TopicLimits.maxContacts)
        try list.expectEnd()
    }
}

/// Where a node is reached, as far as somebody says: `[ip, port, key]`.
public struct GossipContact: Hashable, Sendable {
    public var endpoint: Endpoint
    public var publicKey: PublicKey

    public init(endpoint: Endpoint, publicKey: PublicKey) {
        self.endpoint = endpoint
        self.publicKey = publicKey
    }
}

extension GossipContact: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(endpoint.ip.bytes)
            list.write(endpoint.port)
            list.write(publicKey)
        }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        let bytes = try list.readBytes()
        // An IPv4 address written as IPv6 is not canonical.
        guard let ip = IPAddress(bytes: bytes), ip.bytes.count == bytes.count else { throw .invalidValue }
        endpoint = Endpoint(ip: ip, port: try list.read())
        publicKey = try list.read()
        try list.expectEnd()
    }
}

/// A block and the total difficulty of the chain that ends with it, `[block, total-difficulty]`.
public struct GossipBlock: Sendable {
    public var block: Block
    /// What the sender says; nothing proves it.
    public var totalDifficulty: UInt256

    public init(block: Block, totalDifficulty: UInt256) {
        self.block = block
        self.totalDifficulty = totalDifficulty
    }
}

extension GossipBlock: WireItem {
    public static func checkCounts(of item: ArraySlice<UInt8>) throws(RLPError) {
        var reader = RLPReader(item)
        var list = try reader.readList()
        try Block.checkCounts(of: try list.readRaw())
    }

    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(block)
            list.write(totalDifficulty)
        }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        block = try list.read()
        totalDifficulty = try list.read()
        try list.expectEnd()
    }
}
