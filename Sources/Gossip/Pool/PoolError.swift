public import Chain
public import Execution
public import Primitives

/// Why the pool doesn't take a transaction. The descriptions begin with go-ethereum's words, which tools look for.
public enum PoolError: Error, Hashable, Sendable {
    case alreadyKnown
    case nonceTooLow(next: UInt64, found: UInt64)
    /// The balance doesn't cover the transaction together with the sender's earlier ones in the pool. In wei.
    case insufficientFunds(balance: UInt256, cost: UInt256, earlier: UInt256)
    /// Another transaction with this nonce is there, and both fees must be at least these to replace it. In wei.
    case replacementUnderpriced(minFee: UInt256, minTip: UInt256)
    /// The tip is below the pool's minimum, or the pool is full of better paid transactions: the tip of the sender's
    /// earlier ones counts as well, since it can't be included before them. In wei.
    case underpriced(minTip: UInt256)
    /// It can't be executed yet, and there is only room for such that can.
    case futureReplacesPending
    /// The pool is full, and it can't be included now: it or one before it from the sender doesn't pay the base fee.
    case blockedWhenFull(baseFee: UInt256)
    /// The pool is full, and only senders with fewer transactions than these get more slots.
    case senderShareReached(slots: Int)
    /// The pool is full, and too many transactions would have to go for this one.
    case poolFull
    /// Too many transactions wait for being checked: it may be sent again.
    case queueFull
    case senderLimitReached(limit: Int)
    case gasLimitAboveBlock(limit: UInt64)
    /// In bytes.
    case oversized(limit: Int)
    /// Blob transactions need a pool of their own.
    case typeNotSupported(UInt8)
    /// It breaks a rule of the chain, now and for ever.
    case invalid(ChainError)
    /// This node's executor can't execute it, for instance since it has no EVM.
    case notExecutable(ExecutionError)

    /// Whether no honest node would relay the transaction.
    public var isInvalid: Bool {
        switch self {
        case .invalid(.notEnabled): false
        case .invalid: true
        case .alreadyKnown, .nonceTooLow, .insufficientFunds, .replacementUnderpriced, .underpriced,
            .futureReplacesPending, .blockedWhenFull, .senderShareReached, .poolFull, .queueFull, .senderLimitReached,
            .gasLimitAboveBlock, .oversized, .typeNotSupported, .notExecutable:
            false
        }
    }

    /// Whether the sender's account rules the transaction out, whatever else the pool holds: no pool at the same head has
    /// it. At another head one may, so a single one is nobody's fault.
    public var isUnpayable: Bool {
        switch self {
        case .nonceTooLow: true
        case .insufficientFunds(_, _, let earlier): earlier.isZero
        case .alreadyKnown, .replacementUnderpriced, .underpriced, .futureReplacesPending, .blockedWhenFull,
            .senderShareReached, .poolFull, .queueFull, .senderLimitReached, .gasLimitAboveBlock, .oversized,
            .typeNotSupported, .invalid, .notExecutable:
            false
        }
    }
}

extension PoolError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .alreadyKnown: "already known"
        case .nonceTooLow(let next, let found): "nonce too low: next nonce \(next), tx nonce \(found)"
        case .insufficientFunds(let balance, let cost, let earlier):
            "insufficient funds for gas * price + value: balance \(balance), tx cost \(cost)"
                + (earlier.isZero ? "" : ", queued cost \(earlier)")
        case .replacementUnderpriced(let minFee, let minTip):
            "replacement transaction underpriced: needs maxFeePerGas \(minFee), maxPriorityFeePerGas \(minTip)"
        case .underpriced(let minTip):
            "transaction underpriced: tip needed \(minTip), also of the sender's earlier transactions"
        case .futureReplacesPending: "future transaction tries to replace pending"
        case .blockedWhenFull(let baseFee):
            "transaction underpriced: the pool is full, and it or an earlier one of the sender doesn't pay the base fee"
                + " of \(baseFee)"
        case .senderShareReached(let slots):
            "account limit exceeded: the pool is full, and the sender has its share of \(slots) transactions"
        case .poolFull: "txpool is full: too many transactions would have to go for this one"
        case .queueFull: "txpool is full: too many transactions wait for being checked, try again"
        case .senderLimitReached(let limit): "account limit exceeded: at most \(limit) transactions"
        case .gasLimitAboveBlock(let limit): "exceeds block gas limit: \(limit)"
        case .oversized(let limit): "oversized data: transaction size limit \(limit)"
        case .typeNotSupported(let type): "transaction type not supported: \(type)"
        case .invalid(let error): Self.text(error)
        case .notExecutable(let error): "\(error)"
        }
    }

    private static func text(_ error: ChainError) -> String {
        switch error {
        case .invalidSignature: "invalid sender: invalid signature"
        case .notEnabled(let type): "transaction type not supported: type \(type) rejected, fork not yet active"
        case .wrongChainID(let expected, let found): "invalid chain id for signer: have \(found) want \(expected)"
        case .nonceTooLarge: "nonce has max value"
        case .intrinsicGasTooLow(let required): "intrinsic gas too low: needed \(required)"
        case .floorDataGasTooLow(let required): "insufficient gas for floor data gas cost: needed \(required)"
        case .gasLimitAboveCap: "transaction gas limit too high"
        case .initCodeTooLarge(let limit): "max initcode size exceeded: limit \(limit)"
        case .tipAboveMaxFee: "max priority fee per gas higher than max fee per gas"
        case .gasCostOverflow: "insufficient funds for gas * price + value: cost exceeds 256 bits"
        case .invalidBlobHashes: "invalid blob hashes"
        case .noAuthorizations: "EIP-7702 transaction with empty auth list"
        case .invalidSidecar: "invalid blob sidecar"
        case .gasLimitOutOfBounds, .gasUsedAboveLimit, .wrongBaseFee: "invalid transaction: \(error)"
        }
    }
}
