/// Tables of byte strings, ordered by key, with atomic batches: RocksDB on disk, or memory.
///
/// Calls are synchronous and may come from any thread. Each sees every batch written before it began.
public protocol KeyValueStore: AnyObject, Sendable {
    /// The value of `key`; nil if there is none.
    func get(_ key: [UInt8], in column: Column) throws(StorageError) -> [UInt8]?

    /// Makes all changes, or none if it throws or if the process dies within it.
    ///
    /// - Parameter durable: whether the batch must survive a power failure when the call returns. A batch that isn't
    ///   durable survives the death of the process, and never without those before it.
    func write(_ batch: WriteBatch, durable: Bool) throws(StorageError)

    /// Calls `body` with each entry from `start` on, in the order of the keys, until it returns false.
    ///
    /// - Parameters:
    ///   - start: the first key asked for, present or not; nil is the end where the scan begins.
    ///   - reverse: whether to go from `start` downwards.
    ///   - limit: the most entries.
    ///
    /// The scan sees the table as it was when it began. `body` may use the store.
    func scan(
        _ column: Column, from start: [UInt8]?, reverse: Bool, limit: Int,
        _ body: (_ key: [UInt8], _ value: [UInt8]) -> Bool
    ) throws(StorageError)

    /// Ends the use of the store: returns when calls underway are done and all is put away. From now on a call throws
    /// `closed`. It may be called more than once, but not within a `scan`.
    func close()
}

extension KeyValueStore {
    /// What is only in memory has nothing to put away.
    public func close() {}

    /// The entries from `start` upwards.
    public func scan(
        _ column: Column, from start: [UInt8]? = nil, limit: Int = .max,
        _ body: (_ key: [UInt8], _ value: [UInt8]) -> Bool
    ) throws(StorageError) {
        try scan(column, from: start, reverse: false, limit: limit, body)
    }
}
