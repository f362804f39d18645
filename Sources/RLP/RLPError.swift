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
    /// Elements or bytes after the last one expected.
    case trailingBytes
    /// Lists nested deeper than the limit.
    case tooDeep
    /// More elements, or a longer string, than the caller's limit.
    case tooMany(limit: Int)
    /// A value outside of the set that its type allows.
    case invalidValue
}
