public import KeyValue

/// Why a database is not one that this node can use for its chain.
public enum ChainIdentityError: Error, Hashable, Sendable {
    /// The database belongs to another chain.
    case otherNetwork(expected: ChainIdentity, found: ChainIdentity)
    /// The database was written by another version of the program, with another layout.
    case otherSchema(supported: UInt64, found: UInt64)
    case storage(StorageError)
}

extension ChainIdentityError: CustomStringConvertible {
    /// One sentence for the user.
    public var description: String {
        switch self {
        case .otherNetwork(let expected, let found):
            "datadir belongs to another network: it holds \(found), this node is configured for \(expected); "
                + "choose another datadir, or that network"
        case .otherSchema(let supported, let found):
            "datadir was written with schema version \(found), this program reads version \(supported)"
        case .storage(let error): "\(error)"
        }
    }
}
