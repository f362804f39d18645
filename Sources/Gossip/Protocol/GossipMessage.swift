public import Chain
public import DevP2P
public import EthWire
public import Primitives
public import RLP

/// The messages of `gossip/1`. A topic is named by the number that the sender of the message gave it in `subscribe`.
///
///     0   Subscribe             [[number, name], …]          topics that the sender has from now on
///     1   Unsubscribe           [number, …]
///     2   Graft                 [number, …]                  the receiver is in the sender's mesh
///     3   Prune                 [number, seconds, [[ip, port, key], …]]   it isn't; others that it may try instead
///     4   Have                  [number, [id, …]]            messages that the sender can be asked for
///     5   Want                  [id, …]
///     6   DontWant              [id, …]                      messages that the sender has already
///     7   Publish               [number, bytes]              a message of a topic
///     8   NewBlockHashes        [[hash, number], …]          Have, for blocks
///     9   CompactBlock          [header, total-difficulty, nonce, ids, [[place, transaction], …], body]
///     10  GetBlockTransactions  [request-id, hash, places]
///     11  BlockTransactions     [request-id, [transaction, …]]
///     12  GetBlocks             [request-id, [hash, …]]
///     13  Blocks                [request-id, [[block, total-difficulty], …]]
///
/// Blocks travel as messages of a topic of their own, whose name is `TopicGossip.blockTopic`. An id is the first 16 bytes
/// of a hash: of a block's, or of name, zero byte and content.
public enum GossipMessage: CapabilityMessage {
    case subscribe([TopicSubscription])
    case unsubscribe([UInt64])
    case graft([UInt64])
    case prune(TopicPrune)
    case have(topic: UInt64, [TopicMessageID])
    case want([TopicMessageID])
    case dontWant([TopicMessageID])
    case publish(topic: UInt64, ArraySlice<UInt8>)
    case newBlockHashes([BlockAnnouncement])
    case compactBlock(CompactBlock)
    case getBlockTransactions(requestID: UInt64, Hash32, BlockPlaces)
    case blockTransactions(requestID: UInt64, EncodedList<Transaction>)
    case getBlocks(requestID: UInt64, [Hash32])
    case blocks(requestID: UInt64, EncodedList<GossipBlock>)

    public static let reservedIDs = UInt8(GossipMessageID.allCases.count)

    public var id: UInt8 { messageID.rawValue }

    private var messageID: GossipMessageID {
        switch self {
        case .subscribe: .subscribe
        case .unsubscribe: .unsubscribe
        case .graft: .graft
        case .prune: .prune
        case .have: .have
        case .want: .want
        case .dontWant: .dontWant
        case .publish: .publish
        case .newBlockHashes: .newBlockHashes
        case .compactBlock: .compactBlock
        case .getBlockTransactions: .getBlockTransactions
        case .blockTransactions: .blockTransactions
        case .getBlocks: .getBlocks
        case .blocks: .blocks
        }
    }
}

extension GossipMessage {
    /// What it is about goes before what is fetched; content may wait where upload is short.
    public var uploadClass: UploadClass {
        switch self {
        case .subscribe, .unsubscribe, .graft, .prune, .have, .want, .dontWant, .newBlockHashes, .getBlockTransactions,
            .getBlocks:
            .control
        case .publish, .compactBlock, .blockTransactions, .blocks: .relay
        }
    }

    /// Who is in whose mesh, and answers, are neither gossip nor requests.
    public static func use(of id: UInt8) -> MessageUse {
        switch GossipMessageID(rawValue: id) {
        case .have, .publish, .newBlockHashes, .compactBlock: .gossip
        case .want, .getBlockTransactions, .getBlocks: .request
        case .subscribe, .unsubscribe, .graft, .prune, .dontWant, .blockTransactions, .blocks, nil: .other
        }
    }
}

extension GossipMessage {
    /// Messages of a topic, which mean nothing to a peer any more once the topic's number does.
    public var stream: UInt64? { if case .publish(let topic, _) = self { topic } else { nil } }

    public var endedStreams: [UInt64] { if case .unsubscribe(let topics) = self { topics } else { [] } }
}

/// What a message may hold.
public enum GossipMessageLimits {
    /// Names of messages in one Have, Want or DontWant.
    public static let maxIDs = 1_024
    /// Blocks in one announcement.
    public static let maxAnnounced = 256
    /// Blocks in one request.
    public static let maxRequested = 16
}

extension GossipMessage {
    public func encode(into writer: inout RLPWriter) {
        switch self {
        case .subscribe(let topics): writer.write(list: topics)
        case .unsubscribe(let numbers), .graft(let numbers):
            writer.list { list in
                for number in numbers { list.write(number) }
            }
        case .prune(let prune): writer.write(prune)
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
        case .newBlockHashes(let blocks): writer.write(list: blocks)
        case .compactBlock(let block): writer.write(block)
        case .getBlockTransactions(let id, let hash, let places):
            writer.list { list in
                list.write(id)
                list.write(hash)
                list.write(places.bytes)
            }
        case .blockTransactions(let id, let transactions):
            writer.list { list in
                list.write(id)
                list.write(transactions)
            }
        case .getBlocks(let id, let hashes):
            writer.list { list in
                list.write(id)
                list.write(list: hashes)
            }
        case .blocks(let id, let blocks):
            writer.list { list in
                list.write(id)
                list.write(blocks)
            }
        }
    }

    /// Counts are checked before anything is decoded; blocks and transactions of answers stay encoded.
    public init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError) {
        guard let messageID = GossipMessageID(rawValue: id) else { throw .unknownMessageID(id) }
        do {
            try self.init(reading: messageID, payload)
        } catch .tooMany(let limit) {
            throw .limitExceeded(limit: limit)
        } catch {
            throw .malformed(error)
        }
    }

    private init(reading id: GossipMessageID, _ payload: ArraySlice<UInt8>) throws(RLPError) {
        var reader = RLPReader(payload)
        switch id {
        case .subscribe: self = .subscribe(try reader.readList(limit: Topic.maxCount))
        case .unsubscribe: self = .unsubscribe(try Self.readNumbers(&reader))
        case .graft: self = .graft(try Self.readNumbers(&reader))
        case .prune: self = .prune(try reader.read())
        case .want: self = .want(try reader.readList(limit: GossipMessageLimits.maxIDs))
        case .dontWant: self = .dontWant(try reader.readList(limit: GossipMessageLimits.maxIDs))
        case .newBlockHashes: self = .newBlockHashes(try reader.readList(limit: GossipMessageLimits.maxAnnounced))
        case .compactBlock: self = .compactBlock(try reader.read())
        default:
            var list = try reader.readList()
            self = try Self.readNumbered(id, try list.read(UInt64.self), &list)
            try list.expectEnd()
        }
    }

    private static func readNumbers(_ reader: inout RLPReader) throws(RLPError) -> [UInt64] {
        try reader.readList(limit: Topic.maxCount) { (list) throws(RLPError) in try list.read(UInt64.self) }
    }

    /// The messages that begin with the number of a topic or of a request.
    private static func readNumbered(
        _ id: GossipMessageID, _ number: UInt64, _ list: inout RLPReader
    ) throws(RLPError) -> GossipMessage {
        switch id {
        case .have: .have(topic: number, try list.readList(limit: GossipMessageLimits.maxIDs))
        case .publish: .publish(topic: number, try list.readBytes())
        case .getBlockTransactions:
            .getBlockTransactions(
                requestID: number, try list.read(),
                try BlockPlaces(bytes: try list.readBytes(limit: BlockPlaces.maxBytes)))
        case .blockTransactions:
            .blockTransactions(
                requestID: number, try EncodedList(from: &list, limit: EthLimits.maxBlockTransactions))
        case .getBlocks: .getBlocks(requestID: number, try list.readList(limit: GossipMessageLimits.maxRequested))
        default:
            .blocks(requestID: number, try EncodedList(from: &list, limit: GossipMessageLimits.maxRequested))
        }
    }
}
