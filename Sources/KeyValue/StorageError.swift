import Primitives

/// Why a store could not be opened, read or written.
public enum StorageError: Error, Hashable, Sendable {
    /// Another process has the database open.
    case locked(path: String)
    case diskFull(reason: String)
    /// The store was closed; the node has stopped.
    case closed
    /// The database itself says that its files are damaged.
    case damaged(reason: String)
    /// The file system or the database failed in another way; the text is its own account of it.
    case failed(reason: String)
    /// A record that is not what its owner writes; the reason is what is wrong with it.
    case malformedRecord(Column, key: [UInt8], reason: String)
    /// The database has a table that this version of the program doesn't know.
    case unknownColumn(String)
}

extension StorageError: CustomStringConvertible {
    /// One sentence for the user.
    public var description: String {
        switch self {
        case .locked(let path): "datadir is in use by another process (\(path)): stop that, or choose another datadir"
        case .diskFull(let reason): "the disk is full: \(reason)"
        case .closed: "the database is closed"
        case .damaged(let reason): "the database is damaged: \(reason)"
        case .failed(let reason): "the database failed: \(reason)"
        case .malformedRecord(let column, let key, let reason):
            "the database is damaged: record \(Hex.encode(key)) of \(column.name) is malformed (\(reason))"
        case .unknownColumn(let name): "datadir was written by a newer program: it has the unknown table \(name)"
        }
    }
}
