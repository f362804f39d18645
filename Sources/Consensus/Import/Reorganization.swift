import Chain
import KeyValue
import Primitives
import Storage

/// The move of the canonical chain from one block to another; for a child of the head only that block is added.
struct Reorganization {
    /// The blocks that leave the canonical chain, ascending.
    private(set) var dropped: [Block] = []
    /// The blocks that join the canonical chain, ascending.
    private(set) var added: [Block]

    /// - Parameters:
    ///   - current: the head.
    ///   - block: the new head, whose ancestors are in the store; it may be absent itself.
    /// - Complexity: O(blocks since the common ancestor), which are all held in memory.
    init(from current: ChainHead, to block: Block, chain: ChainStore) throws(StorageError) {
        added = [block]
        var parentHash = block.header.parentHash
        while parentHash != current.hash, !(try chain.isCanonical(parentHash)),
            let parent = try chain.block(parentHash)
        {
            added.append(parent)
            parentHash = parent.header.parentHash
        }
        added.reverse()
        var number = added[0].number
        while number <= current.number, let hash = try chain.canonicalHash(number),
            let block = try chain.block(hash)
        {
            dropped.append(block)
            number += 1
        }
    }

    /// Adds the changes to a batch. Deletions come first: a transaction or number may be in both branches.
    func write(into batch: inout WriteBatch) {
        for block in dropped { batch.deleteCanonical(block) }
        for block in added { batch.putCanonical(block) }
        if let head = added.last { batch.putHead(head.hash) }
    }
}
