import Chain
import KeyValue
import NIOPosix
import NodeRPC
import Primitives
import Storage
import Synchronization
import TestVectors
import Testing

/// Notes where it is read: a worker thread runs no event loop and no task.
final class WatchedStore: KeyValueStore {
    private let inner = MemoryStore()
    private let isWatching = Atomic(false)
    private let reads = Atomic(0)
    private let wrongReads = Atomic(0)

    func watch() { isWatching.store(true, ordering: .relaxed) }

    var counts: (reads: Int, wrong: Int) {
        (reads.load(ordering: .relaxed), wrongReads.load(ordering: .relaxed))
    }

    private func note() {
        guard isWatching.load(ordering: .relaxed) else { return }
        reads.add(1, ordering: .relaxed)
        let isOnTask = withUnsafeCurrentTask { $0 != nil }
        if isOnTask || MultiThreadedEventLoopGroup.currentEventLoop != nil { wrongReads.add(1, ordering: .relaxed) }
    }

    func get(_ key: [UInt8], in column: Column) throws(StorageError) -> [UInt8]? {
        note()
        return inner.get(key, in: column)
    }

    func write(_ batch: WriteBatch, durable: Bool) throws(StorageError) { inner.write(batch, durable: durable) }

    func scan(
        _ column: Column, from start: [UInt8]?, reverse: Bool, limit: Int,
        _ body: (_ key: [UInt8], _ value: [UInt8]) -> Bool
    ) throws(StorageError) {
        note()
        inner.scan(column, from: start, reverse: reverse, limit: limit, body)
    }
}

@Suite("Reads of the disk")
struct WorkerTests {
    @Test func happenOnWorkerThreadsOnly() async throws {
        let store = WatchedStore()
        let node = try TestNode(store: store)
        let head = try node.seal()
        let parameters: [String: String] = [
            "block": #""latest""#, "hash": #""\#(head.hash)""#, "address": #""\#(DevAccounts.address(0))""#,
            "slot": #""0x0""#, "index": #""0x0""#, "count": "5", "newest": #""latest""#, "percentiles?": "[50]",
            "full?": "true", "block?": #""0x1""#, "transaction": #"{"to":"\#(DevAccounts.address(1))"}"#,
        ]
        store.watch()
        // This read is on a task, so that is noticed.
        _ = try node.chain.head()
        let noticed = store.counts.wrong
        #expect(noticed > 0)
        try await withServer(node) { (client) async throws in
            // The test's own node looks at the state in sendRawTransaction; a real one does that in a job.
            for method in RPCMethod.all where method.name != "eth_sendRawTransaction" {
                let values = method.parameters.compactMap { parameters[$0] }
                _ = try await client.answer(method.name, values.joined(separator: ","))
            }
        }
        #expect(store.counts.reads > 50)
        #expect(store.counts.wrong == noticed)
    }
}
