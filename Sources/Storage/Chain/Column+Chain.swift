public import KeyValue
public import RLP

/// The tables of the chain. `Schema` says what each of them holds. One more needs no migration: a store makes the tables
/// that it lacks.
extension Column {
    public static let metadata = Column("metadata")
    public static let headers = Column("headers", isCompressible: true)
    public static let numbers = Column("numbers")
    public static let canonical = Column("canonical")
    public static let bodies = Column("bodies", isCompressible: true)
    public static let receipts = Column("receipts", isCompressible: true)
    public static let difficulties = Column("difficulties")
    public static let transactions = Column("transactions")
    public static let stateNodes = Column("state_nodes")
    public static let code = Column("code", isCompressible: true)
}

extension ChainStore {
    /// The tables that a store of a chain has.
    public static let columns: [Column] = [
        .metadata, .headers, .numbers, .canonical, .bodies, .receipts, .difficulties, .transactions, .stateNodes, .code,
    ]
}

extension StorageError {
    /// A record that is not the RLP that the schema says.
    public static func malformedRecord(_ column: Column, key: [UInt8], _ error: RLPError) -> StorageError {
        .malformedRecord(column, key: key, reason: "\(error)")
    }
}
