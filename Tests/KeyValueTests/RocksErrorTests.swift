import Foundation
import KeyValue
import Testing

@testable import RocksStore

/// A disk that takes no more.
@Suite("Writes that fail")
struct RocksErrorTests {
    @Test func aFullDiskIsASentence() {
        let text =
            "IO error: No space left on device: While appending to file: /data/000032.log: No space left on device"
        #expect(
            "\(RocksStore.error(text, "/data"))" == "the disk is full: while appending to file /data/000032.log")
    }

    /// After a write that failed there is no other, however much room there is again; what was written is read, and the
    /// next one who opens the database has it.
    @Test func nothingIsWrittenAfterAFailure() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            try await RocksErrorTests.failAWrite(path)
        }
        let store = try RocksStore.open(path: path)
        #expect(try store.keys() == [[1]] && store.failure == nil)
        try store.put([([4], [4])])
    }

    private static func failAWrite(_ path: String) async throws {
        let (told, continuation) = AsyncStream.makeStream(of: StorageError.self)
        let store = try RocksStore.open(path: path) { continuation.yield($0) }
        try store.put([([1], [1])])
        // No file may be longer: as a full disk does, the system takes a part and then no more.
        signal(SIGXFSZ, SIG_IGN)
        setMaxFileSize(100_000)
        #expect(throws: StorageError.self) { try store.put([([2], [UInt8](repeating: 2, count: 200_000))]) }
        setMaxFileSize(nil)
        let failure = try #require(store.failure)
        #expect(throws: failure) { try store.put([([3], [3])]) }
        #expect(try store.keys() == [[1]])
        store.close()
        continuation.finish()
        var failures: [StorageError] = []
        for await error in told { failures.append(error) }
        #expect(failures == [failure])
    }

    /// - Parameter bytes: nil for as much as may be.
    private static func setMaxFileSize(_ bytes: rlim_t?) {
        let kind = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
        var limit = rlimit()
        getrlimit(kind, &limit)
        limit.rlim_cur = bytes ?? limit.rlim_max
        setrlimit(kind, &limit)
    }
}
