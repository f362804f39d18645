public import Chain
public import DevP2P
public import EthWire
public import Primitives
public import RLP

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

/// The messages of `gossip/1`, with which nodes of a chain without a beacon chain spread their blocks.
///
///     0  NewBlockHashes  [[hash, number], …]
///     1  NewBlock        [block, total-difficulty]
///     2  GetBlocks       [request-id, [hash, …]]
///     3  Blocks          [request-id, [[block, total-difficulty], …]]
///
/// It does what eth/68's NewBlockHashes and NewBlock do, which go-ethereum disconnects for; as a capability of its own
/// it is only spoken where both sides have it.
public enum BlockGossipMessage: CapabilityMessage {
    case newBlockHashes([BlockAnnouncement])
    case newBlock(GossipBlock)
    case getBlocks(requestID: UInt64, [Hash32])
    case blocks(requestID: UInt64, EncodedList<GossipBlock>)

    public static let reservedIDs: UInt8 = 4

    public var id: UInt8 {
        switch self {
        case .newBlockHashes: 0
        case .newBlock: 1
        case .getBlocks: 2
        case .blocks: 3
        }
    }

    public var uploadClass: UploadClass {
        switch self {
        case .newBlockHashes, .getBlocks: .control
        case .newBlock, .blocks: .relay
        }
    }

    public func encode(into writer: inout RLPWriter) {
        switch self {
        case .newBlockHashes(let blocks): writer.write(list: blocks)
        case .newBlock(let block): writer.write(block)
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

    /// Counts are checked before anything is decoded, and the blocks of an answer stay encoded.
    public init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError) {
        guard id < Self.reservedIDs else { throw .unknownMessageID(id) }
        do {
            try self.init(reading: id, payload)
        } catch .tooMany(let limit) {
            throw .limitExceeded(limit: limit)
        } catch {
            throw .malformed(error)
        }
    }

    private init(reading id: UInt8, _ payload: ArraySlice<UInt8>) throws(RLPError) {
        var reader = RLPReader(payload)
        switch id {
        case 0:
            self = .newBlockHashes(try reader.readList(limit: BlockGossipLimits.maxAnnounced))
        case 1:
            try GossipBlock.checkCounts(of: payload)
            self = .newBlock(try reader.read())
        default:
            var list = try reader.readList()
            let requestID = try list.read(UInt64.self)
            if id == 2 {
                self = .getBlocks(
                    requestID: requestID, try list.readList(limit: BlockGossipLimits.maxRequested))
            } else {
                self = .blocks(
                    requestID: requestID, try EncodedList(from: &list, limit: BlockGossipLimits.maxRequested))
            }
            try list.expectEnd()
        }
    }
}
