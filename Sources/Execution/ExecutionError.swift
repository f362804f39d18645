public import Chain
public import KeyValue
public import Primitives
public import Storage
public import Trie

/// Why a transaction or a block cannot be executed.
public enum ExecutionError: Error, Hashable, Sendable {
    /// The transaction breaks a rule that doesn't depend on the state.
    case invalidTransaction(ChainError)
    /// The nonce is below the account's: the transaction was executed already, or replaced.
    case nonceTooLow(expected: UInt64, found: UInt64)
    /// The nonce is above the account's: transactions before it are missing.
    case nonceTooHigh(expected: UInt64, found: UInt64)
    /// The sender's nonce cannot grow any more (EIP-2681).
    case nonceExhausted
    /// The balance doesn't cover the value plus the maximum cost of the gas. In wei.
    case insufficientFunds(required: UInt256, balance: UInt256)
    /// The maximum fee is below the block's base fee. In wei per unit of gas.
    case maxFeeBelowBaseFee(maxFee: UInt256, baseFee: UInt256)
    /// The gas limit is above the gas that the block has left.
    case blockGasLimitReached(required: UInt64, available: UInt64)
    /// The sender has code, so it can't send transactions (EIP-3607).
    case senderHasCode(Address)
    /// A balance would need more than 256 bits.
    case balanceOverflow(Address)
    /// The recipient has code, or is a precompiled contract. This node has no EVM.
    case contractCall(Address)
    /// The transaction creates a contract. This node has no EVM.
    case contractCreation
    /// Blob and set-code transactions. This node has no EVM.
    case unsupportedType(TransactionType)
    /// The transaction at this index in the block failed.
    indirect case inTransaction(index: Int, ExecutionError)
    /// The state could not be read: a node of its trie is missing or damaged.
    case state(TrieError)
    /// An account's entry in the trie, or that of one of its storage slots, can't be decoded.
    case malformedState(Address)
    /// The database failed.
    case storage(StorageError)
    /// The database isn't one of this chain.
    case identity(ChainIdentityError)
}

extension ExecutionError: CustomStringConvertible {
    /// One sentence for the user.
    public var description: String {
        switch self {
        case .invalidTransaction(let error): "invalid transaction: \(error)"
        case .nonceTooLow(let expected, let found):
            "nonce too low: the account is at \(expected), the transaction has \(found)"
        case .nonceTooHigh(let expected, let found):
            "nonce too high: the account is at \(expected), the transaction has \(found)"
        case .nonceExhausted: "the account's nonce has reached its maximum"
        case .insufficientFunds(let required, let balance):
            "insufficient funds: value and gas need \(required) wei, the account has \(balance)"
        case .maxFeeBelowBaseFee(let maxFee, let baseFee):
            "max fee per gas of \(maxFee) wei is below the block's base fee of \(baseFee)"
        case .blockGasLimitReached(let required, let available):
            "gas limit reached: the transaction needs up to \(required), the block has \(available) left"
        case .senderHasCode(let address): "sender \(address) is a contract"
        case .balanceOverflow(let address): "the balance of \(address) would exceed 256 bits"
        case .contractCall(let address):
            "\(address) is a contract: \(Self.noEVM)"
        case .contractCreation: "the transaction has no recipient: \(Self.noEVM)"
        case .unsupportedType(let type): "transactions of type \(type.rawValue) are not supported: \(Self.noEVM)"
        case .inTransaction(let index, let error): "transaction \(index): \(error)"
        case .state(let error): "the state is not available: \(error)"
        case .malformedState(let address): "the state of account \(address) is damaged"
        case .storage(let error): "\(error)"
        case .identity(let error): "\(error)"
        }
    }

    private static let noEVM = "this node has no EVM, so transactions to contracts or creating contracts are refused"
}
