import CRocksDB
public import Storage

/// A store on disk: RocksDB, a column family for each `Column`.
///
/// Every batch goes to the write-ahead log before `write` returns, so the death of the process loses nothing; a durable
/// batch is on the disk itself. The database is closed when the last reference goes.
///
/// `@unchecked Sendable`: the handles are set once, in the initializer, and destroyed in `deinit`, when nobody else has a
/// reference. Between the two RocksDB itself allows every call made here from any thread.
public final class RocksStore: KeyValueStore, @unchecked Sendable {
    private let database: OpaquePointer
    private let columns: [Column: OpaquePointer]
    /// The handle of `default`, the column family that RocksDB insists on.
    private let defaultColumn: OpaquePointer?
    private let reading: OpaquePointer
    private let scanning: OpaquePointer
    private let writing: OpaquePointer
    private let writingDurably: OpaquePointer

    /// Opens the database in the folder `path`, and makes both if they are absent.
    ///
    /// - Throws: `locked`, `unknownColumn`, `damaged`, `diskFull` or `failed`.
    public static func open(path: String, options: RocksOptions = RocksOptions()) throws(StorageError) -> RocksStore {
        try makeFolders(path)
        let all: [Column?] = [nil] + Column.allCases
        let tuning = RocksTuning(options, columns: all)
        var handles = [OpaquePointer?](repeating: nil, count: all.count)
        let database = try checked(path) { error in
            withCStrings(all.map { $0?.rawValue ?? "default" }) { names in
                rocksdb_open_column_families(
                    tuning.database, path, Int32(all.count), names, tuning.tables, &handles, error)
            }
        }
        guard let database else { throw .failed(reason: "RocksDB gave no database") }
        return RocksStore(database, Array(zip(all, handles)))
    }

    private init(_ database: OpaquePointer, _ handles: [(Column?, OpaquePointer?)]) {
        self.database = database
        var columns: [Column: OpaquePointer] = [:]
        for case (let column?, let handle?) in handles { columns[column] = handle }
        self.columns = columns
        defaultColumn = handles.first { $0.0 == nil }?.1
        reading = rocksdb_readoptions_create()
        scanning = rocksdb_readoptions_create()
        // A scan reads each block once: it would only push others out of the cache.
        rocksdb_readoptions_set_fill_cache(scanning, 0)
        writing = rocksdb_writeoptions_create()
        writingDurably = rocksdb_writeoptions_create()
        rocksdb_writeoptions_set_sync(writingDurably, 1)
    }

    deinit {
        for column in Column.allCases { columns[column].map(rocksdb_column_family_handle_destroy) }
        defaultColumn.map(rocksdb_column_family_handle_destroy)
        rocksdb_close(database)
        rocksdb_readoptions_destroy(reading)
        rocksdb_readoptions_destroy(scanning)
        rocksdb_writeoptions_destroy(writing)
        rocksdb_writeoptions_destroy(writingDurably)
    }

    public func get(_ key: [UInt8], in column: Column) throws(StorageError) -> [UInt8]? {
        let slice = try Self.checked { error in
            key.withChars { rocksdb_get_pinned_cf(database, reading, columns[column], $0, key.count, error) }
        }
        guard let slice else { return nil }
        defer { rocksdb_pinnableslice_destroy(slice) }
        var count = 0
        let bytes = rocksdb_pinnableslice_value(slice, &count)
        return [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
    }

    public func write(_ batch: WriteBatch, durable: Bool) throws(StorageError) {
        let changes = rocksdb_writebatch_create()
        defer { rocksdb_writebatch_destroy(changes) }
        for change in batch.changes {
            switch change {
            case .put(let column, let key, let value):
                key.withChars { keyBytes in
                    value.withChars { valueBytes in
                        rocksdb_writebatch_put_cf(
                            changes, columns[column], keyBytes, key.count, valueBytes, value.count)
                    }
                }
            case .delete(let column, let key):
                key.withChars { rocksdb_writebatch_delete_cf(changes, columns[column], $0, key.count) }
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
        let iterator = rocksdb_create_iterator_cf(database, scanning, columns[column])
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
        // An iterator that meets an error is not valid any more, as at its end.
        try Self.checked { error in rocksdb_iter_get_error(iterator, error) }
    }

    /// Makes a copy of the database as it is now, in a folder that must not exist, while others go on writing.
    ///
    /// On the same file system the copy shares files with the original, and takes next to no room or time.
    ///
    /// - Throws: `diskFull` or `failed`.
    public func checkpoint(path: String) throws(StorageError) {
        let checkpoint = try Self.checked { error in rocksdb_checkpoint_object_create(database, error) }
        defer { rocksdb_checkpoint_object_destroy(checkpoint) }
        try Self.checked { error in rocksdb_checkpoint_create(checkpoint, path, 0, error) }
    }
}
