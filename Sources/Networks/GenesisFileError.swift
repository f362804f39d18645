/// Why a file is not a genesis; `description` is one sentence for whoever wrote the file.
public enum GenesisFileError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(file: String)
    case notJSON(file: String)
    case missing(file: String, key: String)
    /// The value of a key isn't what it must be.
    case invalid(file: String, key: String, expected: String)
    /// A fork before the one that it must follow, or without it.
    case forkOrder(file: String, fork: String, mustFollow: String)

    public var description: String {
        switch self {
        case .unreadable(let file): "\(file): there is no such file, or it can't be read."
        case .notJSON(let file): "\(file): the file is not JSON."
        case .missing(let file, let key): "\(file): \(key) is missing."
        case .invalid(let file, let key, let expected): "\(file): \(key) must be \(expected)."
        case .forkOrder(let file, let fork, let mustFollow):
            "\(file): config.\(fork) is set, so config.\(mustFollow) must be set and not be later."
        }
    }
}
