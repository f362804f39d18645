public import Chain
public import Storage

/// What an import has done. Blocks before a failure stay imported.
public struct ImportOutcome: Sendable {
    /// The blocks that are in the store now, in their order: new ones, and those that were there already.
    public var imported: [ChainHead] = []
    /// How many of these were there already. The bodies that were given for them nobody has looked at.
    public var knownCount = 0
    /// The head of the chain, if it has moved.
    public var newHead: ChainHead?
    /// How many blocks left the canonical chain.
    public var droppedBlocks = 0
    /// Transactions of blocks that left the canonical chain and are in none that joined it, by ascending block: a pool
    /// takes them back. At most `maxDroppedTransactions`.
    public var droppedTransactions: [Transaction] = []
    /// Transactions of blocks that joined the canonical chain, by ascending block: a pool drops them.
    public var addedTransactions: [Transaction] = []
    public var failure: ImportFailure?

    /// How many transactions a deep reorganization hands back to the pool; it could not hold more anyway.
    public static let maxDroppedTransactions = 16_384

    public init() {}
}

/// Where an import stopped.
public struct ImportFailure: Error, Hashable, Sendable {
    /// Of the block among those given.
    public var index: Int
    public var error: ImportError

    public init(index: Int, error: ImportError) {
        self.index = index
        self.error = error
    }
}
