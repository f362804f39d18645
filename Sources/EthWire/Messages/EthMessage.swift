public import Chain
public import Primitives

/// A message of `eth`, in all versions that are spoken here; its bytes depend on the version.
///
/// Answers hold their items encoded, with only their number checked: who asked decodes them, once the request id is
/// known to be its own. What serves a request can send stored bytes without decoding them. A pushed block's body stays
/// encoded, too, until its header is checked.
public enum EthMessage: Sendable {
    case status(EthStatus)
    /// Blocks that are new to the sender. go-ethereum has dropped it, so send it to nobody unasked.
    case newBlockHashes([BlockAnnouncement])
    case transactions(EncodedList<Transaction>)
    case getBlockHeaders(requestID: UInt64, HeadersRequest)
    case blockHeaders(requestID: UInt64, EncodedList<Header>)
    case getBlockBodies(requestID: UInt64, [Hash32])
    case blockBodies(requestID: UInt64, EncodedList<BlockBody>)
    /// go-ethereum has dropped it, so send it to nobody unasked.
    case newBlock(EncodedBlock, totalDifficulty: UInt256)
    case newPooledTransactionHashes(TransactionAnnouncements)
    case getPooledTransactions(requestID: UInt64, [Hash32])
    /// Blob transactions come with their sidecar here, so the items are `PooledTransaction`s.
    case pooledTransactions(requestID: UInt64, EncodedList<PooledTransaction>)
    case getReceipts(requestID: UInt64, [Hash32])
    case receipts(requestID: UInt64, EncodedReceipts)
    /// From eth/69 on.
    case blockRangeUpdate(BlockRange)

    /// NewBlock of a block that is at hand in full.
    public static func newBlock(_ block: Block, totalDifficulty: UInt256) -> Self {
        .newBlock(EncodedBlock(block), totalDifficulty: totalDifficulty)
    }

    public var messageID: EthMessageID {
        switch self {
        case .status: .status
        case .newBlockHashes: .newBlockHashes
        case .transactions: .transactions
        case .getBlockHeaders: .getBlockHeaders
        case .blockHeaders: .blockHeaders
        case .getBlockBodies: .getBlockBodies
        case .blockBodies: .blockBodies
        case .newBlock: .newBlock
        case .newPooledTransactionHashes: .newPooledTransactionHashes
        case .getPooledTransactions: .getPooledTransactions
        case .pooledTransactions: .pooledTransactions
        case .getReceipts: .getReceipts
        case .receipts: .receipts
        case .blockRangeUpdate: .blockRangeUpdate
        }
    }

    /// The id that ties an answer to its request; nil for messages that are neither.
    public var requestID: UInt64? {
        switch self {
        case .getBlockHeaders(let id, _), .blockHeaders(let id, _), .getBlockBodies(let id, _),
            .blockBodies(let id, _), .getPooledTransactions(let id, _), .pooledTransactions(let id, _),
            .getReceipts(let id, _), .receipts(let id, _):
            id
        case .status, .newBlockHashes, .transactions, .newBlock, .newPooledTransactionHashes, .blockRangeUpdate: nil
        }
    }
}
