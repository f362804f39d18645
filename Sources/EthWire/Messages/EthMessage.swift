public import Chain
public import Primitives

/// A message of `eth` (devp2p's caps/eth.md), for all versions implemented; its encoding depends on the version.
///
/// Items of responses stay encoded, with only their number checked: the requester decodes them after it has matched the
/// request id, and the server can send stored bytes without decoding them. The body of a block in NewBlock stays
/// encoded until its header is verified.
public enum EthMessage: Sendable {
    /// The first message on each side.
    case status(EthStatus)
    /// Blocks that are new to the sender. go-ethereum disconnects from senders of it, so it is sent only to peers of
    /// eth/68.
    case newBlockHashes([BlockAnnouncement])
    case transactions(EncodedList<Transaction>)
    case getBlockHeaders(requestID: UInt64, HeadersRequest)
    case blockHeaders(requestID: UInt64, EncodedList<Header>)
    case getBlockBodies(requestID: UInt64, [Hash32])
    case blockBodies(requestID: UInt64, EncodedList<BlockBody>)
    /// A new block. go-ethereum disconnects from senders of it, so it is sent only to peers of eth/68.
    case newBlock(EncodedBlock, totalDifficulty: UInt256)
    case newPooledTransactionHashes(TransactionAnnouncements)
    case getPooledTransactions(requestID: UInt64, [Hash32])
    /// The items are `PooledTransaction`s, because blob transactions have their sidecar here.
    case pooledTransactions(requestID: UInt64, EncodedList<PooledTransaction>)
    case getReceipts(requestID: UInt64, [Hash32])
    case receipts(requestID: UInt64, EncodedReceipts)
    /// The blocks that the sender can serve, from eth/69 on (EIP-7642).
    case blockRangeUpdate(BlockRange)

    /// NewBlock with a decoded block.
    public static func newBlock(_ block: Block, totalDifficulty: UInt256) -> Self {
        .newBlock(EncodedBlock(block), totalDifficulty: totalDifficulty)
    }

    /// The message's id within the capability.
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

    /// The request id of a request or response; nil for other messages.
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
