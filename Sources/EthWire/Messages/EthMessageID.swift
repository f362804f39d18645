import DevP2P

/// The message ids of `eth` (devp2p's caps/eth.md). 0x0b ... 0x0e are unused; 0x0d and 0x0e were GetNodeData and
/// NodeData.
public enum EthMessageID: UInt8, CaseIterable, Hashable, Sendable {
    case status = 0x00
    case newBlockHashes = 0x01
    case transactions = 0x02
    case getBlockHeaders = 0x03
    case blockHeaders = 0x04
    case getBlockBodies = 0x05
    case blockBodies = 0x06
    case newBlock = 0x07
    case newPooledTransactionHashes = 0x08
    case getPooledTransactions = 0x09
    case pooledTransactions = 0x0a
    case getReceipts = 0x0f
    case receipts = 0x10
    /// From eth/69 on.
    case blockRangeUpdate = 0x11
}

extension EthMessageID {
    /// The priority of a message if upload is limited. PooledTransactions completes an announcement, so it is part of
    /// relaying; requests and messages about the head are small.
    var uploadClass: UploadClass {
        switch self {
        case .status, .newBlockHashes, .getBlockHeaders, .getBlockBodies, .getPooledTransactions, .getReceipts,
            .blockRangeUpdate:
            .control
        case .transactions, .newBlock, .newPooledTransactionHashes, .pooledTransactions: .relay
        case .blockHeaders, .blockBodies, .receipts: .serving
        }
    }

    /// The kind of an incoming message.
    var use: MessageUse {
        switch self {
        case .newBlockHashes, .newBlock, .transactions, .newPooledTransactionHashes: .gossip
        case .getBlockHeaders, .getBlockBodies, .getReceipts, .getPooledTransactions: .request
        case .status, .blockHeaders, .blockBodies, .pooledTransactions, .receipts, .blockRangeUpdate: .other
        }
    }
}
