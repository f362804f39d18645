import CRocksDB
import Foundation
import KeyValue
import RocksStore
import Testing

/// What only a store on disk does.
struct RocksStoreTests {
    @Test func reopens() throws {
        let folder = try TemporaryFolder()
        for round in 0..<3 as Range<UInt8> {
            let store = try RocksStore.open(path: folder.path)
            #expect(try store.keys().count == Int(round))
            try store.put([([round], [round])])
        }
    }

    @Test func isLockedWhileOpen() throws {
        let folder = try TemporaryFolder()
        let store = try RocksStore.open(path: folder.path)
        let error = StorageError.locked(path: folder.path)
        #expect(throws: error) { try RocksStore.open(path: folder.path) }
        #expect("\(error)".contains("datadir is in use by another process"))
        try store.put([([1], [1])])
    }

    @Test func isLockedForOtherProcesses() async throws {
        let folder = try TemporaryFolder()
        let store = try RocksStore.open(path: folder.path)
        let path = folder.path
        await #expect(processExitsWith: .exitCode(77)) { [path = path as String] in
            do throws(StorageError) {
                _ = try RocksStore.open(path: path)
            } catch {
                exit(error == .locked(path: path) ? 77 : 1)
            }
        }
        try store.put([([1], [1])])
    }

    /// A process killed while it writes leaves whole batches, and none without those before it.
    @Test func survivesBeingKilled() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try RocksStore.open(path: path)
            let killer = Thread { kill(getpid(), SIGKILL) }
            for number in 0..<UInt32.max {
                var batch = WriteBatch()
                let key = withUnsafeBytes(of: number.bigEndian) { Array($0) }
                for column in Column.all { batch.put(column, key, [UInt8](repeating: 1, count: 300)) }
                try store.write(batch, durable: number == 100)
                // From here on the process dies at any moment.
                if number == 500 { killer.start() }
            }
        }
        let store = try RocksStore.open(path: path)
        let keys = try store.keys(.numbers)
        #expect(keys.count > 500)
        #expect(keys == (0..<UInt32(keys.count)).map { number in withUnsafeBytes(of: number.bigEndian) { Array($0) } })
        for column in Column.all { #expect(try store.keys(column) == keys) }
    }

    @Test func checkpointsAreCopies() throws {
        let folder = try TemporaryFolder()
        let store = try RocksStore.open(path: folder.path + "/live")
        try store.put([([1], [1])])
        try store.checkpoint(path: folder.path + "/copy")
        try store.put([([2], [2])])
        let copy = try RocksStore.open(path: folder.path + "/copy")
        #expect(try copy.keys() == [[1]])
        #expect(try store.keys() == [[1], [2]])
        #expect(throws: StorageError.self) { try store.checkpoint(path: folder.path + "/copy") }
    }

    @Test func aTableThatTheDatabaseLacksIsMade() throws {
        let folder = try TemporaryFolder()
        try RocksStore.open(path: folder.path, columns: [.texts]).put([([1], [1])])
        let store = try RocksStore.open(path: folder.path, columns: [.hashes, .texts])
        #expect(try store.keys(.texts) == [[1]])
        #expect(try store.keys(.hashes) == [])
        try store.put([([2], [2])], in: .hashes)
        #expect(try store.keys(.hashes) == [[2]])
    }

    @Test func aTableOfANewerProgramIsNamed() throws {
        let folder = try TemporaryFolder()
        _ = try RocksStore.open(path: folder.path)
        try Self.addTable("moon_rocks", to: folder.path)
        #expect(throws: StorageError.unknownColumn("moon_rocks")) { try RocksStore.open(path: folder.path) }
    }

    /// What a newer program would have done, with RocksDB's own calls.
    private static func addTable(_ name: String, to path: String) throws {
        let options = rocksdb_options_create()
        rocksdb_options_set_create_missing_column_families(options, 1)
        defer { rocksdb_options_destroy(options) }
        let names = (["default"] + Column.all.map(\.name) + [name]).map { UnsafePointer(strdup($0)) }
        defer { for name in names { free(UnsafeMutablePointer(mutating: name)) } }
        var handles = [OpaquePointer?](repeating: nil, count: names.count)
        let tables = [OpaquePointer?](repeating: options, count: names.count)
        var error: UnsafeMutablePointer<CChar>?
        let database = rocksdb_open_column_families(options, path, Int32(names.count), names, tables, &handles, &error)
        #expect(error == nil)
        for handle in handles { rocksdb_column_family_handle_destroy(handle) }
        rocksdb_close(database)
    }

    @Test func aFolderThatCannotBeMade() throws {
        let folder = try TemporaryFolder()
        try Data([1]).write(to: URL(fileURLWithPath: folder.path + "/file"))
        #expect(throws: StorageError.self) { try RocksStore.open(path: folder.path + "/file/database") }
        #expect(throws: StorageError.self) { try RocksStore.open(path: "") }
    }

    /// Whoever still has the store gets an error, and no handle that was freed.
    @Test func isClosedOnce() async throws {
        let folder = try TemporaryFolder()
        let store = try RocksStore.open(path: folder.path)
        try store.put([([1], [1])])
        // In threads of their own: they call until they are refused.
        let (refusals, continuation) = AsyncStream.makeStream(of: StorageError.self)
        for _ in 0..<4 {
            Thread.detachNewThread {
                do throws(StorageError) {
                    while true {
                        _ = try store.get([1], in: .texts)
                        try store.scan(.texts) { _, _ in true }
                        try store.write(WriteBatch(), durable: false)
                    }
                } catch {
                    continuation.yield(error)
                }
            }
        }
        Thread.detachNewThread { store.close() }
        store.close()
        // It may be opened again at once: nothing of it is left.
        let next = try RocksStore.open(path: folder.path)
        #expect(try next.keys() == [[1]])
        var count = 0
        for await error in refusals {
            #expect(error == .closed)
            count += 1
            if count == 4 { break }
        }
        #expect(throws: StorageError.closed) { try store.checkpoint(path: folder.path + "/copy") }
        #expect("\(StorageError.closed)" == "the database is closed")
    }

    @Test func manyThreadsAtOnce() async throws {
        let folder = try TemporaryFolder()
        let store = try RocksStore.open(path: folder.path, options: RocksOptions(cacheBytes: 1 << 20))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for thread in 0..<4 as Range<UInt8> {
                group.addTask {
                    for index in 0..<200 as Range<UInt8> {
                        try store.put([([thread, index], [index])])
                        #expect(try store.get([thread, index], in: .texts) == [index])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try store.keys().count == 800)
    }
}
