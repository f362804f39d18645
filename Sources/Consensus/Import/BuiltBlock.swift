public import Chain
public import Execution

/// A sealed block, and the transactions that could not be included.
public struct BuiltBlock: Sendable {
    /// The block.
    public var block: Block
    /// The receipts of its transactions.
    public var receipts: [Receipt]
    /// The transactions that couldn't be executed. Those that are neither in the block nor here didn't fit.
    public var skipped: [SkippedTransaction]
}

/// A transaction that couldn't be executed at its index, and why.
public struct SkippedTransaction: Hashable, Sendable {
    public var transaction: Transaction
    public var error: ExecutionError
}

/// Why no block was built.
public enum BuildError: Error, Hashable, Sendable {
    /// The plan is for another parent.
    case otherParent
    /// No transaction could be executed, and the plan allows no empty block.
    case nothingToSeal
    /// Blocks of this fork can't be built without an EVM.
    case unsupportedFork(Fork)
    /// The engine failed to seal the block.
    case consensus(ConsensusError)
    /// The state can't be read.
    case execution(ExecutionError)
}

extension BuildError: CustomStringConvertible {
    /// One sentence for the user.
    public var description: String {
        switch self {
        case .otherParent: "the head has changed meanwhile"
        case .nothingToSeal: "there are no transactions, and empty blocks aren't made now"
        case .unsupportedFork(let fork): "blocks of the fork \(fork) can't be made without an EVM"
        case .consensus(let error): "\(error)"
        case .execution(let error): "\(error)"
        }
    }
}
