public import Primitives
public import RLP

/// Why a trie could not be read, or why a proof proves nothing.
public enum TrieError: Error, Hashable, Sendable {
    /// The source does not hold the node of this hash: a gap in the database, or in a proof.
    case missingNode(Hash32)
    /// Bytes that are not a node: not RLP, or RLP of another shape.
    case malformedNode(RLPError)
    /// The source failed to read, with its error message.
    case sourceFailed(String)
    /// Keys of a stack trie or a range that are not strictly ascending, or of which one is a prefix of the next.
    case keysOutOfOrder
    /// An empty value, which a trie can't hold.
    case emptyValue
    /// The numbers of keys and values differ.
    case countMismatch(keys: Int, values: Int)
    /// Bounds of a range that have different lengths, are in the wrong order, or don't contain all keys.
    case invalidBounds
    /// The nodes and values have another root than the expected one.
    case rootMismatch(expected: Hash32, found: Hash32)
    /// A range proof with keys, whose bounds contain no part of the trie.
    case emptyRange
    /// A range proof without keys, though the trie has entries in the range.
    case incompleteRange
    /// The proof says that the key has another value, or none.
    case valueMismatch
}

extension TrieError: CustomStringConvertible {
    /// One sentence, for a log or an error message.
    public var description: String {
        switch self {
        case .missingNode(let hash): "trie node \(hash) is missing"
        case .malformedNode(let error): "malformed trie node (\(error))"
        case .sourceFailed(let reason): "trie node could not be read: \(reason)"
        case .keysOutOfOrder: "trie keys are not in strictly ascending order"
        case .emptyValue: "a trie value is empty"
        case .countMismatch(let keys, let values): "\(keys) keys but \(values) values"
        case .invalidBounds: "invalid bounds of a trie range"
        case .rootMismatch(let expected, let found): "trie root is \(found), expected \(expected)"
        case .emptyRange: "the bounds of the range proof hold no part of the trie"
        case .incompleteRange: "the trie has more entries than the range proof says"
        case .valueMismatch: "the proof is of another value"
        }
    }
}
