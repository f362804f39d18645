import Synchronization

/// A store that lives in memory: for tests, the simulator, and nodes that keep nothing.
public final class MemoryStore: KeyValueStore {
    private let tables = Mutex<[Column: SortedTable]>([:])

    public init() {}

    /// The number of entries in a table.
    public func count(_ column: Column) -> Int { tables.withLock { $0[column]?.count ?? 0 } }

    public func get(_ key: [UInt8], in column: Column) -> [UInt8]? { tables.withLock { $0[column]?[key] } }

    public func write(_ batch: WriteBatch, durable: Bool) {
        tables.withLock { tables in
            for change in batch.changes {
                switch change {
                case .put(let column, let key, let value): tables[column, default: SortedTable()].set(key, to: value)
                case .delete(let column, let key): tables[column]?.remove(key)
                }
            }
        }
    }

    public func scan(
        _ column: Column, from start: [UInt8]?, reverse: Bool, limit: Int,
        _ body: (_ key: [UInt8], _ value: [UInt8]) -> Bool
    ) {
        // A copy of the table is a copy of references; `body` runs without the lock, so it may use the store.
        guard let table = tables.withLock({ $0[column] }) else { return }
        table.scan(from: start, reverse: reverse, limit: limit, body)
    }
}
