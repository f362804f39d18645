public import Chain
public import Primitives

/// The block at the tip of a branch, with what fork choice compares.
public struct ChainHead: Hashable, Sendable {
    public var hash: Hash32
    public var header: Header
    /// Of the whole branch, this block's own included.
    public var totalDifficulty: UInt256

    public init(hash: Hash32, header: Header, totalDifficulty: UInt256) {
        self.hash = hash
        self.header = header
        self.totalDifficulty = totalDifficulty
    }

    public var number: UInt64 { header.number }
    /// Seconds since the Unix epoch.
    public var timestamp: UInt64 { header.timestamp }
    public var stateRoot: Hash32 { header.stateRoot }
}

/// Where a transaction is in the canonical chain.
public struct TransactionLocation: Hashable, Sendable {
    public var blockHash: Hash32
    public var number: UInt64
    /// Its place in the block's list.
    public var index: Int

    public init(blockHash: Hash32, number: UInt64, index: Int) {
        self.blockHash = blockHash
        self.number = number
        self.index = index
    }
}
