/// Why a file is not a genesis; `description` is one sentence for whoever wrote the file.
public enum GenesisFileError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(file: String)
    case notJSON(at: FilePlace, expected: String)
    /// A key, an address or a slot that stands in the same object before, perhaps in another spelling.
    case duplicate(at: FilePlace, key: String, firstLine: Int)
    /// The place is that of the object that lacks the key.
    case missing(at: FilePlace, key: String)
    /// The value of a key isn't what it must be.
    case invalid(at: FilePlace, key: String, expected: String)
    /// A fork before the one that it must follow, or without it.
    case forkOrder(at: FilePlace, fork: String, mustFollow: String)

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
