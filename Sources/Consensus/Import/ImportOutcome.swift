public import Chain
public import Storage

/// The result of an import. Blocks before a failure stay imported.
public struct ImportOutcome: Sendable {
    /// The blocks that are in the store now, in their order, including those that were there already.
    public var imported: [ChainHead] = []
    /// The number of these that were there already. The bodies given for them were not checked.
    public var knownCount = 0
    /// The head of the chain, if it has moved.
    public var newHead: ChainHead?
    /// The number of blocks that left the canonical chain.
    public var droppedBlocks = 0
    /// The transactions of blocks that left the canonical chain that are in no block that joined it, by ascending
    /// block: a pool adds them again. At most `maxDroppedTransactions`.
    public var droppedTransactions: [Transaction] = []
    /// The transactions of blocks that joined the canonical chain, by ascending block: a pool removes them.
    public var addedTransactions: [Transaction] = []
    /// The failure at which the import stopped; nil if all blocks were imported.
    public var failure: ImportFailure?

    /// The maximum number of `droppedTransactions`; a pool could not hold more anyway.
    public static let maxDroppedTransactions = 16_384

    /// The outcome of importing nothing.
    public init() {}
}

/// The block at which an import stopped.
public struct ImportFailure: Error, Hashable, Sendable {
    /// The index of the block among those given.
    public var index: Int
    /// Why it was not imported.
    public var error: ImportError

    public init(index: Int, error: ImportError) {
        self.index = index
        self.error = error
    }
}
