public import SansIO
import Synchronization

/// The jobs that one owner has under way, and where each of them leaves its result: so a result keeps its type on its way
/// through node and driver, which see tickets only.
public struct JobTable<Result: Sendable>: Sendable {
    /// Written once, by the worker thread.
    private final class Slot: Sendable {
        let result = Mutex<Result?>(nil)
    }

    private struct Entry: Sendable {
        let slot: Slot
        /// The peer that it answers; nil for a job that answers nobody.
        let connection: ConnectionID?
    }

    private var entries: [UInt64: Entry] = [:]
    private var lastTicket: UInt64 = 0

    public init() {}

    /// The jobs under way.
    public var count: Int { entries.count }

    /// Makes a job and notes it.
    public mutating func add(
        _ name: StaticString, outlivesStop: Bool = false, _ work: @escaping @Sendable () -> Result
    ) -> Job {
        let (ticket, slot) = enter(nil)
        return Job(name: name, ticket: ticket, outlivesStop: outlivesStop) {
            let result = work()
            slot.result.withLock { $0 = result }
        }
    }

    /// Makes a job that answers a peer, and notes it. It may never be run: where the peer leaves before.
    ///
    /// - Parameters:
    ///   - bytes: what the answer may have at the most without a budget, before compression.
    ///   - since: when the request came.
    ///   - work: gets the bytes that the answer may have.
    public mutating func add(
        _ name: StaticString, to connection: ConnectionID, bytes: Int, since: Instant,
        _ work: @escaping @Sendable (_ bytes: Int) -> Result
    ) -> ServingJob {
        let (ticket, slot) = enter(connection)
        return ServingJob(name: name, ticket: ticket, connection: connection, bytes: bytes, since: since) { bytes in
            let result = work(bytes)
            slot.result.withLock { $0 = result }
        }
    }

    private mutating func enter(_ connection: ConnectionID?) -> (UInt64, Slot) {
        lastTicket += 1
        let slot = Slot()
        entries[lastTicket] = Entry(slot: slot, connection: connection)
        return (lastTicket, slot)
    }

    /// The result of a job that has ended; nil for one that isn't known (any more).
    public mutating func takeResult(of ticket: UInt64) -> Result? {
        entries.removeValue(forKey: ticket)?.slot.result.withLock { $0 }
    }

    /// Forgets the jobs that answer a peer that has left.
    public mutating func removeAll(of connection: ConnectionID) {
        entries = entries.filter { $0.value.connection != connection }
    }
}
