/// Why a file is not a valid genesis; `description` is one sentence for the author of the file.
public enum GenesisFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file doesn't exist or can't be read.
    case unreadable(file: String)
    /// The text is not valid JSON from this position on.
    case notJSON(at: FilePosition, expected: String)
    /// A key, address or slot that occurs twice in an object, perhaps in different spellings.
    case duplicate(at: FilePosition, key: String, firstLine: Int)
    /// A key is missing; the position is that of the object.
    case missing(at: FilePosition, key: String)
    /// The value of a key is not allowed.
    case invalid(at: FilePosition, key: String, expected: String)
    /// A fork is set to a block or time before a fork that must precede it, or that fork is not set.
    case forkOrder(at: FilePosition, fork: String, mustFollow: String)

    public var description: String {
        switch self {
        case .unreadable(let file): "\(file): there is no such file, or it can't be read."
        case .notJSON(let at, let expected): "\(at): this is not JSON, \(expected) is expected here."
        case .duplicate(let at, let key, let firstLine):
            "\(at): \(key) is given twice, first in line \(firstLine); leave one of them out."
        case .missing(let at, let key): "\(at): \(key) is missing."
        case .invalid(let at, let key, let expected): "\(at): \(key) must be \(expected)."
        case .forkOrder(let at, let fork, let mustFollow):
            "\(at): config.\(fork) is set, so config.\(mustFollow) must be set and not be later."
        }
    }
}
