public import Execution
public import KeyValue
public import Primitives
public import SansIO

/// Why a block was not imported.
public struct ImportError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Reason: Error, Hashable, Sendable {
        /// The parent is not in the store.
        case unknownParent(Hash32)
        /// The header breaks a rule, or can't be verified now.
        case header(ConsensusError)
        /// Body, receipts or state don't match the header.
        case block(BlockRule)
        /// A transaction can't be executed.
        case execution(ExecutionError)
        /// The store failed.
        case storage(StorageError)
    }

    /// The cause of the failure, which decides whether the sender is at fault.
    public enum Cause: Hashable, Sendable {
        /// The block is invalid and will never be valid.
        case sender
        /// The block may be valid from this time on.
        case clock(Instant)
        /// This node lacks data, or can't execute the block.
        case local
    }

    public var number: UInt64
    public var hash: Hash32
    /// What is wrong.
    public var reason: Reason

    public init(number: UInt64, hash: Hash32, reason: Reason) {
        self.number = number
        self.hash = hash
        self.reason = reason
    }

    /// The cause of the failure, which follows from the reason.
    public var cause: Cause {
        switch reason {
        case .unknownParent, .storage: .local
        case .block: .sender
        case .header(.brokenRule), .header(.notAuthorized): .sender
        case .header(.futureBlock(let until)): .clock(until)
        case .header(.unknownAncestor), .header(.storage): .local
        case .execution(let error): error.isLocal ? .local : .sender
        }
    }
}

extension ExecutionError {
    /// Whether another node, or this one after a repair, could execute the transaction.
    var isLocal: Bool {
        switch self {
        case .inTransaction(_, let error): error.isLocal
        case .contractCall, .contractCreation, .unsupportedType, .state, .malformedState, .storage, .identity: true
        case .invalidTransaction, .nonceTooLow, .nonceTooHigh, .nonceExhausted, .insufficientFunds,
            .maxFeeBelowBaseFee, .blockGasLimitReached, .senderHasCode, .balanceOverflow:
            false
        }
    }
}

extension ImportError: CustomStringConvertible {
    /// One sentence for the user.
    public var description: String { "block \(number) (\(hash)): \(why)" }

    private var why: String {
        switch reason {
        case .unknownParent(let hash): "the parent \(hash) is unknown"
        case .header(let error): "\(error)"
        case .block(let rule): "broken rule: \(rule.rawValue)"
        case .execution(let error): "\(error)"
        case .storage(let error): "\(error)"
        }
    }
}
