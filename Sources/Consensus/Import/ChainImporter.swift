public import Chain
public import Execution
public import Primitives
public import SansIO
public import Storage

/// Checks blocks, executes them and adds them to the store, one atomic batch each.
///
/// A value for use in jobs: everything is a synchronous function of the store, the blocks and the moment. The caller
/// sees to it that imports into one store come one after the other.
///
/// Every valid block is executed when it comes, also one on a branch that isn't preferred: states are found by their
/// roots and never removed, so a branch never turns out invalid in the middle of a reorganization. What is in the store
/// is valid. When the engine prefers a block to the head, the same batch that stores the block moves the canonical
/// chain to it; so after a crash the store is as after some whole number of blocks.
public struct ChainImporter: Sendable {
    public let chain: ChainStore
    public let config: ChainConfig
    public let engine: any ConsensusEngine
    public let executor: any BlockExecutor

    /// - Parameter chain: holds at least the genesis block.
    public init(
        chain: ChainStore, config: ChainConfig, engine: any ConsensusEngine, executor: any BlockExecutor
    ) {
        self.chain = chain
        self.config = config
        self.engine = engine
        self.executor = executor
    }

    /// Imports blocks, each of which follows the one before it or a block in the store. Ends at the first that fails.
    ///
    /// Blocks that are in the store already count as imported and cost a read.
    ///
    /// - Parameters:
    ///   - bodiesAreChecked: whether `BodyRules` was asked already.
    ///   - senders: of transactions, by hash, as far as they were recovered before, by a pool for instance. They are
    ///     believed; for others each takes some 40 microseconds.
    ///   - durable: whether the last block must survive a power failure when the call returns, as one's own should.
    public func importBlocks(
        _ blocks: [Block], bodiesAreChecked: Bool = false, senders: [Hash32: Address] = [:], durable: Bool = false,
        now: Instant
    ) -> ImportOutcome {
        var run = ImportRun(importer: self, now: now, bodiesAreChecked: bodiesAreChecked, senders: senders)
        for (index, block) in blocks.enumerated() {
            do throws(ImportError.Reason) {
                try run.add(block, durable: durable && index == blocks.count - 1)
            } catch {
                let error = ImportError(number: block.number, hash: block.hash, reason: error)
                run.outcome.failure = ImportFailure(index: index, error: error)
                break
            }
        }
        return run.finish()
    }
}
