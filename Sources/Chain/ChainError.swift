/// The rule of the chain that a transaction or header breaks.
public enum ChainError: Error, Hashable, Sendable {
    /// `v`, `r` or `s` is out of range, `s` is above half the group's order (EIP-2), or no key made the signature.
    case invalidSignature
    /// The transaction's type, or a feature that it uses, is not enabled before a later fork.
    case notEnabled(transactionType: UInt8)
    /// The transaction was signed for another chain (EIP-155).
    case wrongChainID(expected: UInt64, found: UInt64)
    /// The nonce of a transaction must be below 2^64 - 1 (EIP-2681).
    case nonceTooLarge
    /// The gas limit is below the intrinsic gas.
    case intrinsicGasTooLow(required: UInt64)
    /// The gas limit is below the minimum gas for the transaction's data (EIP-7623).
    case floorDataGasTooLow(required: UInt64)
    /// The gas limit is above the cap of one transaction (EIP-7825).
    case gasLimitAboveCap
    /// The code that creates a contract is too long (EIP-3860).
    case initCodeTooLarge(limit: Int)
    /// The maximum priority fee exceeds the maximum fee (EIP-1559).
    case tipAboveMaxFee
    /// Gas limit times price needs more than 256 bits.
    case gasCostOverflow
    /// A blob transaction without blobs, with too many, or with a hash of an unknown version (EIP-4844).
    case invalidBlobHashes
    /// A set-code transaction without authorizations (EIP-7702).
    case noAuthorizations
    /// The sidecar of a blob transaction doesn't match its blob hashes.
    case invalidSidecar
    /// The header's gas limit is not allowed after its parent's (Yellow Paper, section 4.3.4).
    case gasLimitOutOfBounds
    /// The header's `gasUsed` exceeds its gas limit.
    case gasUsedAboveLimit
    /// The header's base fee is not the one computed from its parent, or present before London (EIP-1559).
    case wrongBaseFee
}

extension ChainError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidSignature: "the signature is invalid"
        case .notEnabled(let type): "transactions of type \(type) are not enabled before a later fork"
        case .wrongChainID(let expected, let found): "it was signed for chain \(found), and this is chain \(expected)"
        case .nonceTooLarge: "the nonce is too large"
        case .intrinsicGasTooLow(let required): "the gas limit is too low: at least \(required) is needed"
        case .floorDataGasTooLow(let required): "the gas limit is too low for the data: at least \(required) is needed"
        case .gasLimitAboveCap: "the gas limit is above the cap of one transaction"
        case .initCodeTooLarge(let limit): "the code that creates a contract has more than \(limit) bytes"
        case .tipAboveMaxFee: "the tip is higher than the whole fee"
        case .gasCostOverflow: "gas limit times price exceeds 256 bits"
        case .invalidBlobHashes: "the blob hashes are invalid"
        case .noAuthorizations: "the list of authorizations is empty"
        case .invalidSidecar: "the blobs don't belong to the transaction"
        case .gasLimitOutOfBounds: "the block's gas limit is too far from its parent's"
        case .gasUsedAboveLimit: "the block uses more gas than its limit"
        case .wrongBaseFee: "the base fee is not the one computed from the parent"
        }
    }
}
