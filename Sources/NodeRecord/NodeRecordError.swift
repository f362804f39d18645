public import RLP

/// Why bytes or text are not a valid node record.
public enum NodeRecordError: Error, Hashable, Sendable {
    /// More than `NodeRecord.maxByteCount` bytes; the number of bytes.
    case tooLarge(Int)
    /// The structure isn't that of a record.
    case malformed(RLPError)
    /// A key without a value after it.
    case missingValue
    /// Keys that are not strictly ascending; a duplicate key is the same fault.
    case unsortedKeys
    /// No `id` pair, or another identity scheme than "v4".
    case unknownIdentityScheme
    /// No `secp256k1` pair, or one that isn't a point on the curve.
    case invalidPublicKey
    /// The signature isn't that of the record's key, or has a high `s`.
    case invalidSignature
    /// Text that doesn't begin with `enr:`.
    case missingPrefix
    /// Text that isn't unpadded base64 of the URL alphabet.
    case invalidBase64
}

extension NodeRecordError: CustomStringConvertible {
    /// What is wrong, for the user who wrote the record.
    public var description: String {
        switch self {
        case .tooLarge(let count): "it has \(count) bytes, and at most \(NodeRecord.maxByteCount) are allowed"
        case .malformed(let error): "its content is not a node record: \(error)"
        case .missingValue: "its last key has no value"
        case .unsortedKeys: "its keys are not in ascending order, or one occurs twice"
        case .unknownIdentityScheme: "its identity scheme is not v4"
        case .invalidPublicKey: "it has no valid secp256k1 public key"
        case .invalidSignature: "its signature is not valid: was it changed or cut off?"
        case .missingPrefix: "it must begin with enr:"
        case .invalidBase64: "what follows enr: must be letters, digits, - and _ (base64 for URLs, without padding)"
        }
    }
}
