public import Chain
public import DevP2P
public import EthWire
public import Primitives
public import RLP
public import Topics

/// The messages of `blocks/1` (docs/blocks-1.md).
///
///     0   Graft                 []                          the receiver is in the sender's mesh
///     1   Prune                 [seconds, [[ip, port, key], …]]   it isn't; others that it may try instead
///     2   Want                  [id, …]                     the sender asks for announced blocks
///     3   DontWant              [id, …]                     blocks that the sender has already
///     4   NewBlockHashes        [[hash, number], …]         blocks that the sender can be asked for
///     5   CompactBlock          [header, total-difficulty, nonce, ids, [[index, transaction], …], body, repair?]
///     6   GetBlockTransactions  [request-id, hash, indices]
///     7   BlockTransactions     [request-id, [transaction, …]]
///     8   GetBlocks             [request-id, [hash, …]]
///     9   Blocks                [request-id, [[block, total-difficulty], …]]
///
/// An id is the first 16 bytes of a block's hash.
public enum BlocksMessage: CapabilityMessage {
    case graft
    case prune(MeshPrune)
    case want([TopicMessageID])
    case dontWant([TopicMessageID])
    case newBlockHashes([BlockAnnouncement])
    case compactBlock(CompactBlock)
    case getBlockTransactions(requestID: UInt64, Hash32, TransactionIndices)
    case blockTransactions(requestID: UInt64, EncodedList<Transaction>)
    case getBlocks(requestID: UInt64, [Hash32])
    case blocks(requestID: UInt64, EncodedList<GossipBlock>)

    public static let reservedIDs = UInt8(BlocksMessageID.allCases.count)

    public var id: UInt8 { messageID.rawValue }

    private var messageID: BlocksMessageID {
        switch self {
        case .graft: .graft
        case .prune: .prune
        case .want: .want
        case .dontWant: .dontWant
        case .newBlockHashes: .newBlockHashes
        case .compactBlock: .compactBlock
        case .getBlockTransactions: .getBlockTransactions
        case .blockTransactions: .blockTransactions
        case .getBlocks: .getBlocks
        case .blocks: .blocks
        }
    }
}

extension BlocksMessage: MeshControl {
    package static func graft(of topic: Int) -> Self { .graft }

    package static func prune(of topic: Int, _ prune: MeshPrune) -> Self { .prune(prune) }
}

extension BlocksMessage {
    /// Announcements and requests are control; content is relay: it may wait where upload is short.
    public var uploadClass: UploadClass {
        switch self {
        case .graft, .prune, .want, .dontWant, .newBlockHashes, .getBlockTransactions, .getBlocks: .control
        case .compactBlock, .blockTransactions, .blocks: .relay
        }
    }

    /// Who is in whose mesh, and responses, are neither gossip nor requests.
    public static func use(of id: UInt8) -> MessageUse {
        switch BlocksMessageID(rawValue: id) {
        case .newBlockHashes, .compactBlock: .gossip
        case .want, .getBlockTransactions, .getBlocks: .request
        case .graft, .prune, .dontWant, .blockTransactions, .blocks, nil: .other
        }
    }
}

extension BlocksMessage {
    public func encode(into writer: inout RLPWriter) {
        switch self {
        case .graft: writer.writeEmptyList()
        case .prune(let prune): writer.list { prune.encodeFields(to: &$0) }
        case .want(let ids), .dontWant(let ids): writer.write(list: ids)
        case .newBlockHashes(let blocks): writer.write(list: blocks)
        case .compactBlock(let block): writer.write(block)
        case .getBlockTransactions(let id, let hash, let indices):
            writer.list { list in
                list.write(id)
                list.write(hash)
                list.write(indices.bytes)
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

    /// Counts are checked before anything is decoded; blocks and transactions of responses stay encoded.
    public init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError) {
        guard let messageID = BlocksMessageID(rawValue: id) else { throw .unknownMessageID(id) }
        do {
            var reader = RLPReader(payload)
            self = try Self.read(messageID, &reader)
        } catch .tooMany(let limit) {
            throw .limitExceeded(limit: limit)
        } catch {
            throw .malformed(error)
        }
    }

    private static func read(_ id: BlocksMessageID, _ reader: inout RLPReader) throws(RLPError) -> Self {
        switch id {
        case .want: return .want(try reader.readList(limit: TopicLimits.maxIDs))
        case .dontWant: return .dontWant(try reader.readList(limit: TopicLimits.maxIDs))
        case .newBlockHashes: return .newBlockHashes(try reader.readList(limit: BlocksMessageLimits.maxAnnounced))
        case .compactBlock: return .compactBlock(try reader.read())
        case .graft, .prune, .getBlockTransactions, .blockTransactions, .getBlocks, .blocks:
            var list = try reader.readList()
            let message = try readFields(of: id, &list)
            try list.expectEnd()
            return message
        }
    }

    private static func readFields(of id: BlocksMessageID, _ list: inout RLPReader) throws(RLPError) -> Self {
        switch id {
        case .graft: .graft
        case .prune: .prune(try MeshPrune(fieldsFrom: &list))
        case .getBlockTransactions:
            .getBlockTransactions(
                requestID: try list.read(), try list.read(),
                try TransactionIndices(bytes: try list.readBytes(limit: TransactionIndices.maxBytes)))
        case .blockTransactions:
            .blockTransactions(
                requestID: try list.read(), try EncodedList(from: &list, limit: EthLimits.maxBlockTransactions))
        case .getBlocks:
            .getBlocks(requestID: try list.read(), try list.readList(limit: BlocksMessageLimits.maxRequested))
        default:
            .blocks(
                requestID: try list.read(), try EncodedList(from: &list, limit: BlocksMessageLimits.maxRequested))
        }
    }
}
