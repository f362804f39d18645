import CRocksDB
public import KeyValue
import Synchronization

/// A store on disk: RocksDB with a column family for each `Column`.
///
/// Every batch is in the write-ahead log before `write` returns, so the end of the process loses nothing; a durable
/// batch is synced to disk.
///
/// After a failed write no other is made: the log may end in the middle of a batch, and later batches would be lost, or
/// fail an assertion of RocksDB's. The store keeps the error, reports it once, and throws it for each later batch.
/// Batches written before can still be read, and the next process continues from them.
///
/// The opener must close the store before the process ends, because RocksDB's threads may crash while its global
/// objects are destroyed. It is closed at the latest when the last reference is released.
///
/// `@unchecked Sendable`: the handles are set once, in the initializer, and destroyed in `close`, which waits for calls
/// in progress and refuses later ones. RocksDB allows every call made in between from any thread.
public final class RocksStore: KeyValueStore, @unchecked Sendable {
    private let database: OpaquePointer
    private let columns: [Column: OpaquePointer]
    /// The handle of `default`, a column family that RocksDB requires.
    private let defaultColumn: OpaquePointer?
    private let reading: OpaquePointer
    private let scanning: OpaquePointer
    private let writing: OpaquePointer
    private let writingDurably: OpaquePointer
    private let gate = CallGate()
    /// Held while the database is being closed, so that every caller of `close` waits for the end.
    private let closing = Mutex(())
    /// Held during each write, so that no write can begin while another one fails.
    private let firstFailure = Mutex<StorageError?>(nil)
    private let onFailure: @Sendable (StorageError) -> Void

    /// The error of the first write that failed; nil if none did. Waits for a write in progress.
    public var failure: StorageError? { firstFailure.withLock { $0 } }

    /// Opens the database in the folder `path`, and creates both if they are absent.
    ///
    /// - Parameters:
    ///   - columns: every table in use; those that the database lacks are created. One that it has and that is not among
    ///     them is `unknownColumn`.
    ///   - onFailure: called once, on the writing thread, when the first write fails; from then on the store can only be
    ///     read.
    /// - Throws: `locked`, `unknownColumn`, `damaged`, `diskFull` or `failed`.
    public static func open(
        path: String, columns: [Column], options: RocksOptions = RocksOptions(),
        onFailure: @escaping @Sendable (StorageError) -> Void = { _ in }
    ) throws(StorageError) -> RocksStore {
        try makeFolders(path)
        let all: [Column?] = [nil] + columns
        let tuning = RocksTuning(options, columns: all)
        var handles = [OpaquePointer?](repeating: nil, count: all.count)
        let database = try checked(path) { error in
            withCStrings(all.map { $0?.name ?? "default" }) { names in
                rocksdb_open_column_families(
                    tuning.database, path, Int32(all.count), names, tuning.tables, &handles, error)
            }
        }
        guard let database else { throw .failed(reason: "RocksDB returned no database") }
        return RocksStore(database, Array(zip(all, handles)), onFailure)
    }

    private init(
        _ database: OpaquePointer, _ handles: [(Column?, OpaquePointer?)],
        _ onFailure: @escaping @Sendable (StorageError) -> Void
    ) {
        self.database = database
        self.onFailure = onFailure
        var columns: [Column: OpaquePointer] = [:]
        for case (let column?, let handle?) in handles { columns[column] = handle }
        self.columns = columns
        defaultColumn = handles.first { $0.0 == nil }?.1
        reading = rocksdb_readoptions_create()
        scanning = rocksdb_readoptions_create()
        // A scan reads each block once, so caching these blocks would only evict others.
        rocksdb_readoptions_set_fill_cache(scanning, 0)
        writing = rocksdb_writeoptions_create()
        writingDurably = rocksdb_writeoptions_create()
        rocksdb_writeoptions_set_sync(writingDurably, 1)
    }

    deinit { close() }

    public func close() {
        closing.withLock { _ in
            if gate.close() { destroy() }
        }
    }

    private func destroy() {
        for handle in columns.values { rocksdb_column_family_handle_destroy(handle) }
        defaultColumn.map(rocksdb_column_family_handle_destroy)
        rocksdb_close(database)
        rocksdb_readoptions_destroy(reading)
        rocksdb_readoptions_destroy(scanning)
        rocksdb_writeoptions_destroy(writing)
        rocksdb_writeoptions_destroy(writingDurably)
    }

    /// The handle of a table, which the store was opened with.
    private func handle(_ column: Column) -> OpaquePointer {
        guard let handle = columns[column] else { preconditionFailure("opened without the table \(column.name)") }
        return handle
    }

    private func enter() throws(StorageError) {
        guard gate.enter() else { throw .closed }
    }

    public func get(_ key: [UInt8], in column: Column) throws(StorageError) -> [UInt8]? {
        try enter()
        defer { gate.leave() }
        let slice = try Self.checked { error in
            key.withChars { rocksdb_get_pinned_cf(database, reading, handle(column), $0, key.count, error) }
        }
        guard let slice else { return nil }
        defer { rocksdb_pinnableslice_destroy(slice) }
        var count = 0
        let bytes = rocksdb_pinnableslice_value(slice, &count)
        return [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
    }

    public func write(_ batch: WriteBatch, durable: Bool) throws(StorageError) {
        try enter()
        defer { gate.leave() }
        let (error, isFirst) = firstFailure.withLock { failure in
            if let failure { return (failure as StorageError?, false) }
            do throws(StorageError) {
                try writeNow(batch, durable: durable)
            } catch {
                failure = error
            }
            return (failure, failure != nil)
        }
        guard let error else { return }
        if isFirst { onFailure(error) }
        throw error
    }

    private func writeNow(_ batch: WriteBatch, durable: Bool) throws(StorageError) {
        let changes = rocksdb_writebatch_create()
        defer { rocksdb_writebatch_destroy(changes) }
        for change in batch.changes {
            switch change {
            case .put(let column, let key, let value):
                key.withChars { keyBytes in
                    value.withChars { valueBytes in
                        rocksdb_writebatch_put_cf(
                            changes, handle(column), keyBytes, key.count, valueBytes, value.count)
                    }
                }
            case .delete(let column, let key):
                key.withChars { rocksdb_writebatch_delete_cf(changes, handle(column), $0, key.count) }
            }
        }
        try Self.checked { error in
            rocksdb_write(database, durable ? writingDurably : writing, changes, error)
        }
    }

    public func scan(
        _ column: Column, from start: [UInt8]?, reverse: Bool, limit: Int,
        _ body: (_ key: [UInt8], _ value: [UInt8]) -> Bool
    ) throws(StorageError) {
        try enter()
        defer { gate.leave() }
        let iterator = rocksdb_create_iterator_cf(database, scanning, handle(column))
        defer { rocksdb_iter_destroy(iterator) }
        switch (start, reverse) {
        case (let start?, false): start.withChars { rocksdb_iter_seek(iterator, $0, start.count) }
        case (let start?, true): start.withChars { rocksdb_iter_seek_for_prev(iterator, $0, start.count) }
        case (nil, false): rocksdb_iter_seek_to_first(iterator)
        case (nil, true): rocksdb_iter_seek_to_last(iterator)
        }
        var left = limit
        while left > 0, rocksdb_iter_valid(iterator) != 0 {
            var count = 0
            let key = rocksdb_iter_key(iterator, &count)
            let keyBytes = [UInt8](UnsafeRawBufferPointer(start: key, count: count))
            let value = rocksdb_iter_value(iterator, &count)
            guard body(keyBytes, [UInt8](UnsafeRawBufferPointer(start: value, count: count))) else { return }
            if reverse { rocksdb_iter_prev(iterator) } else { rocksdb_iter_next(iterator) }
            left -= 1
        }
        // An iterator becomes invalid at an error as well as at its end.
        try Self.checked { error in rocksdb_iter_get_error(iterator, error) }
    }

    /// Copies the present state of the database to a folder that must not exist. Concurrent writes may continue.
    ///
    /// On the same file system the copy shares files with the original (hard links), and takes almost no space or time.
    ///
    /// - Throws: `diskFull` or `failed`.
    public func checkpoint(path: String) throws(StorageError) {
        try enter()
        defer { gate.leave() }
        let checkpoint = try Self.checked { error in rocksdb_checkpoint_object_create(database, error) }
        defer { rocksdb_checkpoint_object_destroy(checkpoint) }
        try Self.checked { error in rocksdb_checkpoint_create(checkpoint, path, 0, error) }
    }
}
