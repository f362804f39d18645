public import Chain
public import Execution

/// A sealed block, and what became of the transactions that were offered for it.
public struct BuiltBlock: Sendable {
    public var block: Block
    public var receipts: [Receipt]
    /// Those that couldn't be executed. Others that are in neither list found no room.
    public var skipped: [SkippedTransaction]
}

/// A transaction that couldn't be executed at its place, and why.
public struct SkippedTransaction: Hashable, Sendable {
    public var transaction: Transaction
    public var error: ExecutionError
}

/// Why there is no block.
public enum BuildError: Error, Hashable, Sendable {
    /// The plan is for another parent.
    case otherParent
    /// No transaction could be executed, and the engine makes no empty blocks now.
    case nothingToSeal
    /// Blocks of this fork can't be made without an EVM.
    case unsupportedFork(Fork)
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
