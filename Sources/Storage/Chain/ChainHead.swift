public import Chain
public import Primitives

/// The block at the tip of a branch, with the values that fork choice compares.
public struct ChainHead: Hashable, Sendable {
    /// The hash of the block.
    public var hash: Hash32
    /// Its header.
    public var header: Header
    /// The total difficulty of the branch, including this block's own.
    public var totalDifficulty: UInt256

    public init(hash: Hash32, header: Header, totalDifficulty: UInt256) {
        self.hash = hash
        self.header = header
        self.totalDifficulty = totalDifficulty
    }

    /// The block number.
    public var number: UInt64 { header.number }
    /// The timestamp in seconds since the Unix epoch.
    public var timestamp: UInt64 { header.timestamp }
    /// The root of the state after this block.
    public var stateRoot: Hash32 { header.stateRoot }
}

/// The position of a transaction in the canonical chain.
public struct TransactionLocation: Hashable, Sendable {
    /// The hash of the block.
    public var blockHash: Hash32
    public var number: UInt64
    /// The index in the block's list of transactions.
    public var index: Int

    public init(blockHash: Hash32, number: UInt64, index: Int) {
        self.blockHash = blockHash
        self.number = number
        self.index = index
    }
}
