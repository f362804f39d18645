import Foundation
import RocksStore
import Storage
import Testing

/// A folder that exists as long as the value, for a database.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("starling-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The stores that behave alike.
enum StoreKind: CaseIterable, CustomTestStringConvertible {
    case memory, rocks

    var testDescription: String { self == .memory ? "memory" : "RocksDB" }

    func with<R>(_ body: (any KeyValueStore) throws -> R) throws -> R {
        switch self {
        case .memory: return try body(MemoryStore())
        case .rocks:
            let folder = try TemporaryFolder()
            return try body(RocksStore.open(path: folder.path + "/a/b"))
        }
    }
}

extension KeyValueStore {
    func put(_ entries: [([UInt8], [UInt8])], in column: Column = .code) throws {
        var batch = WriteBatch()
        for (key, value) in entries { batch.put(column, key, value) }
        try write(batch, durable: false)
    }

    /// What a scan gives, as first bytes of the keys.
    func keys(_ column: Column = .code, from start: [UInt8]? = nil, reverse: Bool = false, limit: Int = .max) throws
        -> [[UInt8]]
    {
        var keys: [[UInt8]] = []
        try scan(column, from: start, reverse: reverse, limit: limit) { key, _ in
            keys.append(key)
            return true
        }
        return keys
    }
}
