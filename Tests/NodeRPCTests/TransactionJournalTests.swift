import Chain
import EthNode
import Execution
import Foundation
import Logging
import NodeCore
import NodeNIO
import Primitives
import Testing

@testable import NodeRPC

@Suite("The journal of transactions that were handed in here")
struct TransactionJournalTests {
    private static func path() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("starling-\(UUID().uuidString)").path
    }

    private static func journal(_ path: String, maxBytes: Int = 16 << 20) -> TransactionJournal {
        TransactionJournal(
            path: path, maxBytes: maxBytes, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private let all = (0..<5 as Range<UInt64>).map { EthMethodTests.transfer(nonce: $0) }
    private let none: TransactionJournal.Pooled = { _ in [] }

    @Test("what is written is read again in order, but for damaged lines, whatever follows them")
    func damage() async throws {
        let path = Self.path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let journal = Self.journal(path)
        #expect(await journal.transactions().isEmpty)
        for transaction in all[..<3] { await journal.append(transaction, pooled: none) }
        #expect(await Self.journal(path).transactions() == Array(all[..<3]))

        // Killed in the middle of a line; and a line of something else.
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try ("no hexadecimal\n" + text.dropLast(20)).write(toFile: path, atomically: true, encoding: .utf8)
        let next = Self.journal(path)
        #expect(await next.transactions() == Array(all[..<2]))
        // As at the start: then no new line is written behind half of one.
        await next.rotate { Set($0) }
        await next.append(all[3], pooled: none)
        #expect(await Self.journal(path).transactions() == [all[0], all[1], all[3]])
    }

    @Test("when the file is written anew, what the pool doesn't have is left out")
    func rotation() async throws {
        let path = Self.path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let journal = Self.journal(path)
        for transaction in all { await journal.append(transaction, pooled: none) }
        let kept = Set([all[1].hash, all[4].hash])
        await journal.rotate { _ in kept }
        #expect(await journal.transactions() == [all[1], all[4]])
    }

    @Test("it never has more than its bound, and makes room by itself")
    func bound() async throws {
        let path = Self.path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let line = 2 * all[0].encoded.count + 1
        let journal = Self.journal(path, maxBytes: 3 * line + 20)
        // All are in the pool: the first ones stay.
        for transaction in all { await journal.append(transaction) { Set($0) } }
        #expect(await journal.transactions() == Array(all[..<3]))
        // They are mined.
        await journal.append(all[4], pooled: none)
        #expect(await journal.transactions() == [all[4]])
    }

    @Test("a disk that refuses costs no transaction")
    func unwritable() async throws {
        let journal = Self.journal("/nowhere/transactions")
        await journal.append(all[0], pooled: none)
        await journal.rotate(none)
        #expect(await journal.transactions().isEmpty)
    }

    @Test(
        "the disk is waited for at once, and then once a pause, for all that came in the meantime",
        .timeLimit(.minutes(1)))
    func sync() async throws {
        let path = Self.path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (syncs, onSync) = AsyncStream.makeStream(of: Int.self)
        let (pauses, endPause) = AsyncStream.makeStream(of: Void.self)
        let journal = TransactionJournal(
            path: path, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            sync: { onSync.yield(try String(contentsOfFile: $0, encoding: .utf8).count { $0 == "\n" }) },
            pause: { for await _ in pauses { return } })
        var lines = syncs.makeAsyncIterator()
        await journal.append(all[0], pooled: none)
        #expect(await lines.next() == 1)
        for transaction in all[1..<4] { await journal.append(transaction, pooled: none) }
        endPause.yield()
        // One round for three.
        #expect(await lines.next() == 4)
        endPause.yield()
        await journal.append(all[4], pooled: none)
        #expect(await lines.next() == 5)
        endPause.finish()
    }

    @Test("after a restart the pool has what wasn't mined, and the file nothing else", .timeLimit(.minutes(1)))
    func restart() async throws {
        let path = Self.path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        var service = try RunningNodeTests.service(0, isSealing: false)
        try await service.start()
        let node = try await RunningNode(service, journal: Self.journal(path))
        for transaction in [all[0], all[1], all[3]] { _ = try await node.submit(transaction) }
        await #expect(throws: RPCError.self) { try await node.submit(all[0]) }
        await service.stop()

        // It seals what it can, the first two.
        service = try RunningNodeTests.service(0, isSealing: true)
        let events = service.events()
        try await service.start()
        let again = try await RunningNode(service, journal: Self.journal(path))
        #expect(await again.pooledTransaction(all[3].hash) == all[3])
        var mined = 0
        while mined < 2 {
            mined += try await RunningNodeTests.first(events) { event -> Int? in
                if case .sealed(_, let count, _)? = event.ofChain { count } else { nil }
            }
        }
        _ = try await RunningNode(service, journal: Self.journal(path))
        #expect(await Self.journal(path).transactions() == [all[3]])
        await service.stop()
    }
}
