public import KeyValue
import Synchronization

/// A store in memory that fails as disks do: writes are refused, and what wasn't synced is gone after a power cut.
public final class SimulatedDisk: KeyValueStore {
    private typealias Undo = (column: Column, key: [UInt8], value: [UInt8]?)

    private struct State {
        /// What brings the disk back to its last durable write, the newest last.
        var undo: [Undo] = []
        var refusesWrites = false
    }

    private let memory = MemoryStore()
    private let state = Mutex(State())
    private let shared: SharedBytes?

    /// - Parameter shared: where equal values of many disks are kept only once.
    public init(sharing shared: SharedBytes? = nil) { self.shared = shared }

    /// Whether every write fails from now on, as on a full or broken disk.
    public var refusesWrites: Bool {
        get { state.withLock { $0.refusesWrites } }
        set { state.withLock { $0.refusesWrites = newValue } }
    }

    /// Takes back every write since the last durable one: the power has failed.
    public func loseUnsynced() {
        var batch = WriteBatch()
        for (column, key, value) in state.withLock({ exchange(&$0.undo, with: []) }).reversed() {
            if let value { batch.put(column, key, value) } else { batch.delete(column, key) }
        }
        memory.write(batch, durable: true)
    }

    public func get(_ key: [UInt8], in column: Column) -> [UInt8]? { memory.get(key, in: column) }

    public func write(_ batch: WriteBatch, durable: Bool) throws(StorageError) {
        if refusesWrites { throw .diskFull(reason: "simulated") }
        var stored = WriteBatch()
        var undo: [Undo] = []
        for change in batch.changes {
            switch change {
            case .put(let column, let key, let value):
                if !durable { undo.append((column, key, memory.get(key, in: column))) }
                stored.put(column, shared?.one(key) ?? key, shared?.one(value) ?? value)
            case .delete(let column, let key):
                if !durable { undo.append((column, key, memory.get(key, in: column))) }
                stored.delete(column, key)
            }
        }
        memory.write(stored, durable: durable)
        state.withLock { if durable { $0.undo = [] } else { $0.undo += undo } }
    }

    public func scan(
        _ column: Column, from start: [UInt8]?, reverse: Bool, limit: Int,
        _ body: (_ key: [UInt8], _ value: [UInt8]) -> Bool
    ) {
        memory.scan(column, from: start, reverse: reverse, limit: limit, body)
    }
}

/// Byte strings of which one copy is enough: a thousand nodes store the same blocks.
public final class SharedBytes: Sendable {
    private let known = Mutex<Set<[UInt8]>>([])

    public init() {}

    func one(_ bytes: [UInt8]) -> [UInt8] {
        // Short ones cost more to look up than to keep.
        bytes.count < 32 ? bytes : known.withLock { $0.insert(bytes).memberAfterInsert }
    }
}

private func exchange<T>(_ value: inout T, with new: T) -> T {
    defer { value = new }
    return value
}
