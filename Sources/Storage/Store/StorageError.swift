import Primitives
public import RLP

/// Why the database could not be opened, read or written.
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
    /// A record that is not what the schema says.
    case malformedRecord(Column, key: [UInt8], RLPError)
    /// The database belongs to another chain.
    case otherNetwork(expected: ChainIdentity, found: ChainIdentity)
    /// The database was written by another version of the program, with another layout.
    case otherSchema(supported: UInt64, found: UInt64)
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
        case .malformedRecord(let column, let key, let error):
            "the database is damaged: record \(Hex.encode(key)) of \(column.rawValue) is malformed (\(error))"
        case .otherNetwork(let expected, let found):
            "datadir belongs to another network: it holds \(found), this node is configured for \(expected); "
                + "choose another datadir, or that network"
        case .otherSchema(let supported, let found):
            "datadir was written with schema version \(found), this program reads version \(supported)"
        case .unknownColumn(let name): "datadir was written by a newer program: it has the unknown table \(name)"
        }
    }
}
