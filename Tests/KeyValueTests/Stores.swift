import Foundation
import KeyValue
import RocksStore
import Testing

extension Column {
    static let texts = Column("texts", isCompressible: true)
    static let hashes = Column("hashes")
    static let numbers = Column("numbers")
    static let all: [Column] = [.texts, .hashes, .numbers]
}

extension RocksStore {
    /// A database with the tables of these tests.
    static func open(
        path: String, options: RocksOptions = RocksOptions(),
        onFailure: @escaping @Sendable (StorageError) -> Void = { _ in }
    ) throws(StorageError) -> RocksStore {
        try open(path: path, columns: Column.all, options: options, onFailure: onFailure)
    }
}

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
    func put(_ entries: [([UInt8], [UInt8])], in column: Column = .texts) throws {
        var batch = WriteBatch()
        for (key, value) in entries { batch.put(column, key, value) }
        try write(batch, durable: false)
    }

    /// What a scan gives, as first bytes of the keys.
    func keys(_ column: Column = .texts, from start: [UInt8]? = nil, reverse: Bool = false, limit: Int = .max) throws
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
