import KeyValue
import Storage
import Synchronization

/// A store whose writes fail while `fails` is set.
final class FailingStore: KeyValueStore {
    private let store = MemoryStore()
    private let flag = Atomic(false)

    var fails: Bool {
        get { flag.load(ordering: .relaxed) }
        set { flag.store(newValue, ordering: .relaxed) }
    }

    func get(_ key: [UInt8], in column: Column) -> [UInt8]? { store.get(key, in: column) }

    func write(_ batch: WriteBatch, durable: Bool) throws(StorageError) {
        guard !fails else { throw .failed(reason: "test") }
        store.write(batch, durable: durable)
    }

    func scan(
        _ column: Column, from start: [UInt8]?, reverse: Bool, limit: Int,
        _ body: (_ key: [UInt8], _ value: [UInt8]) -> Bool
    ) {
        store.scan(column, from: start, reverse: reverse, limit: limit, body)
    }
}
