import KeyValue
import Synchronization

/// A store that fails from a given write on, once, and remembers which batches were durable.
final class FaultyStore: KeyValueStore {
    private struct State {
        var writesLeft: Int?
        var durable: [Bool] = []
    }

    let memory = MemoryStore()
    private let state = Mutex(State())

    /// Lets `count` batches pass and fails the one after them.
    func fail(after count: Int) { state.withLock { $0.writesLeft = count } }

    var durableWrites: [Bool] { state.withLock(\.durable) }

    func get(_ key: [UInt8], in column: Column) -> [UInt8]? { memory.get(key, in: column) }

    func write(_ batch: WriteBatch, durable: Bool) throws(StorageError) {
        let fails = state.withLock { state in
            guard let left = state.writesLeft else { return false }
            state.writesLeft = left == 0 ? nil : left - 1
            return left == 0
        }
        if fails { throw .diskFull(reason: "test") }
        state.withLock { $0.durable.append(durable) }
        memory.write(batch, durable: durable)
    }

    func scan(
        _ column: Column, from start: [UInt8]?, reverse: Bool, limit: Int,
        _ body: (_ key: [UInt8], _ value: [UInt8]) -> Bool
    ) {
        memory.scan(column, from: start, reverse: reverse, limit: limit, body)
    }
}
