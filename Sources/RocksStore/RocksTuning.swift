import CRocksDB
import KeyValue

/// RocksDB's options for given `RocksOptions`. RocksDB copies them, so they are only needed until the database is open.
struct RocksTuning: ~Copyable {
    let database: OpaquePointer
    /// The options of each table, in the order of `columns`.
    let tables: [OpaquePointer?]
    private let cache: OpaquePointer

    /// RocksDB keeps the log from the oldest write that is only in memory, so a rarely written table would keep all of
    /// it. At this size such a table is flushed.
    private static let maxLogBytes: UInt64 = 64 << 20

    /// Disables RocksDB's info log: a level above all of its levels (`NUM_INFO_LOG_LEVELS`). RocksDB logs failed writes
    /// there, and on a full disk the second such line is a failed assertion in its file writer (7.8,
    /// `AssertFalseAndGetStatusForPrevError`), which ends the process. The errors returned by calls say the same.
    private static let silence: Int32 = 6

    /// Bits per key: 1 % of the reads of absent keys go to disk.
    private static let bloomBitsPerKey = 10.0

    /// - Parameter columns: nil stands for RocksDB's own `default`, which is not used.
    init(_ options: RocksOptions, columns: [Column?]) {
        cache = rocksdb_cache_create_lru(options.cacheBytes)
        database = rocksdb_options_create()
        rocksdb_options_set_create_if_missing(database, 1)
        rocksdb_options_set_create_missing_column_families(database, 1)
        rocksdb_options_set_max_open_files(database, options.maxOpenFiles)
        rocksdb_options_set_max_background_jobs(database, options.backgroundThreads)
        rocksdb_options_set_db_write_buffer_size(database, options.writeBufferBytes)
        rocksdb_options_set_max_total_wal_size(database, Self.maxLogBytes)
        rocksdb_options_set_skip_stats_update_on_db_open(database, 1)
        rocksdb_options_set_info_log_level(database, Self.silence)
        rocksdb_options_set_keep_log_file_num(database, 2)
        rocksdb_options_set_stats_dump_period_sec(database, 0)
        let cache = cache
        tables = columns.map { Self.table($0, cache: cache, options) }
    }

    deinit {
        for table in tables { rocksdb_options_destroy(table) }
        rocksdb_options_destroy(database)
        rocksdb_cache_destroy(cache)
    }

    private static func table(_ column: Column?, cache: OpaquePointer, _ options: RocksOptions) -> OpaquePointer? {
        guard let table = rocksdb_options_create() else { return nil }
        let isText = column?.isCompressible ?? false
        rocksdb_options_set_compression(table, Int32(isText ? rocksdb_lz4_compression : rocksdb_no_compression))
        rocksdb_options_set_write_buffer_size(table, options.writeBufferBytes / 2)
        rocksdb_options_set_level_compaction_dynamic_level_bytes(table, 1)
        let blocks = rocksdb_block_based_options_create()
        rocksdb_block_based_options_set_block_cache(blocks, cache)
        // The table options own the filter from here on.
        rocksdb_block_based_options_set_filter_policy(
            blocks, rocksdb_filterpolicy_create_bloom_full(bloomBitsPerKey))
        // Keeps indices and filters in the cache, so that the cache's size bounds them too.
        rocksdb_block_based_options_set_cache_index_and_filter_blocks(blocks, 1)
        rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(blocks, 1)
        rocksdb_block_based_options_set_format_version(blocks, 5)
        // Chain blocks are read in sequence; nodes and indices one at a time.
        rocksdb_block_based_options_set_block_size(blocks, isText ? 16 << 10 : 4 << 10)
        rocksdb_options_set_block_based_table_factory(table, blocks)
        rocksdb_block_based_options_destroy(blocks)
        return table
    }
}
