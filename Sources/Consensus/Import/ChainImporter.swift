public import Chain
public import Execution
public import Primitives
public import SansIO
public import Storage

/// Verifies blocks, executes them and adds them to the store, with one atomic batch per block.
///
/// A value for use in jobs: everything is a synchronous function of the store, the blocks and the time. The caller must
/// make sure that imports into one store don't overlap.
///
/// Every block is executed when it is imported, also on a branch that isn't preferred: states are found by their roots
/// and never removed, so a branch never turns out to be invalid in the middle of a reorganization. All blocks in the
/// store are valid. If the engine prefers a block to the head, the batch that stores the block also moves the canonical
/// chain to it; so after a crash the store is in the state after one of the blocks.
public struct ChainImporter: Sendable {
    /// The store.
    public let chain: ChainStore
    /// The chain's config.
    public let config: ChainConfig
    /// The engine that verifies headers.
    public let engine: any ConsensusEngine
    /// The executor of transactions.
    public let executor: any BlockExecutor

    /// An importer.
    ///
    /// - Parameter chain: a store with at least the genesis block.
    public init(
        chain: ChainStore, config: ChainConfig, engine: any ConsensusEngine, executor: any BlockExecutor
    ) {
        self.chain = chain
        self.config = config
        self.engine = engine
        self.executor = executor
    }

    /// Imports blocks, each of which must follow the previous one or a block in the store. Stops at the first that
    /// fails.
    ///
    /// Blocks that are in the store already count as imported, and cost only reads.
    ///
    /// - Parameters:
    ///   - bodiesAreChecked: whether the bodies were checked by `BodyRules` already.
    ///   - senders: known senders of transactions by transaction hash, for instance from a pool. They are not checked;
    ///     recovering another sender takes some 40 microseconds.
    ///   - durable: whether the last block must survive a power failure once the call returns, as a node's own blocks
    ///     should.
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
