/// What has become of blocks since the node started, for metrics.
public struct ChainActivity: Hashable, Sendable {
    /// How often the head moved to another branch.
    public var reorganisations: UInt64 = 0
    /// Blocks that left the canonical chain by that, in all, and the most at a time.
    public var undoneBlocks: UInt64 = 0
    public var deepestReorganisation = 0
    /// New blocks in the store, of all branches, those sealed here among them.
    public var importedBlocks: UInt64 = 0
    /// Those of them that another signer than the one whose turn it was has sealed (Clique): a missed slot each.
    public var outOfTurnBlocks: UInt64 = 0
    /// Of blocks of others that were pushed to the node: from the time in the header until the import was done.
    public var delaySinceTimestamp = DelayHistogram()
    /// Of those that came by blocks/1: from the moment when the node first heard of one. By `eth` the first word is the block.
    public var delaySinceHeard = DelayHistogram()

    public init() {}

    mutating func noteReorganisation(undone: Int) {
        guard undone > 0 else { return }
        reorganisations += 1
        undoneBlocks += UInt64(undone)
        deepestReorganisation = max(deepestReorganisation, undone)
    }
}
