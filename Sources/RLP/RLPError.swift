/// Why bytes are not the RLP that was expected.
public enum RLPError: Error, Hashable, Sendable {
    /// The input ends within an item.
    case truncated
    /// A length written longer than needed, or a single byte below 0x80 behind a prefix.
    case nonCanonicalLength
    /// A number with leading zeros.
    case nonCanonicalInteger
    /// A number too large for its type.
    case integerOverflow
    case expectedString
    case expectedList
    /// A string of a length other than its fixed one.
    case wrongLength(expected: Int, found: Int)
    /// Elements or bytes after the expected end.
    case trailingBytes
    /// Lists nested deeper than the limit.
    case tooDeep
    /// More elements than the caller's limit, or a string of more bytes.
    case tooMany(limit: Int)
    /// A value that its type doesn't allow.
    case invalidValue
}

extension RLPError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated: "the data ends in the middle of an item"
        case .nonCanonicalLength: "a length is written longer than needed"
        case .nonCanonicalInteger: "a number has leading zeros"
        case .integerOverflow: "a number is too large"
        case .expectedString: "a string was expected, there is a list"
        case .expectedList: "a list was expected, there is a string"
        case .wrongLength(let expected, let found): "a string has \(found) bytes, it must have \(expected)"
        case .trailingBytes: "something follows the last element"
        case .tooDeep: "lists are nested too deep"
        case .tooMany(let limit): "there are more than \(limit) elements or bytes"
        case .invalidValue: "a value is not one of those allowed"
        }
    }
}
