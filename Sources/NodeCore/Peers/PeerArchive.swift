import DevP2P
import KeyValue
import PeerBook
import Primitives
import SansIO

extension Column {
    /// What is kept of the peers: keys and values are the peer book's choice.
    static let peers = Column("peers")
}

/// What the database holds of the peers, and what has to be written for it to hold what the peer book knows.
struct PeerArchive: Sendable {
    /// Records of one database: more than the book ever keeps.
    private static let maxRecords = 32_768
    /// Records that can't be used and are told of one by one.
    private static let maxLosses = 8

    private let store: any KeyValueStore
    /// Until the next write: short at first, so that a node that goes down soon after its start knows its peers when it is
    /// back, and twice as long each time, up to `longestInterval`.
    private var interval: Duration
    private let longestInterval: Duration
    /// As it is on disk, as soon as the write underway is done.
    private var written: [[UInt8]: [UInt8]] = [:]
    private var losses: [String] = []
    /// The write underway. Its result is the error, if there was one.
    private var jobs = JobTable<StorageError?>()
    private(set) var nextWrite: Instant?

    init(
        _ store: any KeyValueStore, interval: Duration = .seconds(5), longestInterval: Duration = .seconds(60),
        now: Instant
    ) {
        self.store = store
        self.interval = interval
        self.longestInterval = max(interval, longestInterval)
        nextWrite = now + interval
    }

    /// Reads what an earlier run has kept. A table that can't be read is as good as an empty one: the node finds its peers
    /// anew.
    mutating func load() -> [PeerRecord] {
        var records: [PeerRecord] = []
        do throws(StorageError) {
            try store.scan(.peers, limit: Self.maxRecords) { key, value in
                records.append(PeerRecord(key: key, value: value))
                return true
            }
        } catch {
            losses.append("what was kept of the peers can't be read: \(error)")
        }
        for record in records { written[record.key] = record.value }
        return records
    }

    mutating func noteLosses(_ damaged: [(key: [UInt8], error: PeerRecordError)]) {
        losses += damaged.prefix(Self.maxLosses).map { "kept record \(Hex.encode($0.key)) is left out: \($0.error)" }
        let rest = damaged.count - Self.maxLosses
        if rest > 0 { losses.append("\(rest) more kept records of peers are left out") }
    }

    /// What was lost of what was kept, a line each.
    mutating func takeLosses() -> [String] {
        defer { losses = [] }
        return losses
    }

    var isWriting: Bool { jobs.count > 0 }

    /// The job that makes the table hold these records; nil where it does already, or where one is underway.
    mutating func write(_ records: [PeerRecord], now: Instant) -> Job? {
        interval = min(interval + interval, longestInterval)
        nextWrite = now + interval
        guard !isWriting else { return nil }
        var batch = WriteBatch()
        var gone = written
        for record in records {
            let old = gone.removeValue(forKey: record.key)
            if old != record.value { batch.put(.peers, record.key, record.value) }
        }
        // In an order of their own, so that two runs write the same.
        for key in gone.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) { batch.delete(.peers, key) }
        guard !batch.isEmpty else { return nil }
        written = Dictionary(records.map { ($0.key, $0.value) }) { $1 }
        let (store, changes) = (store, batch)
        return jobs.add("keep peers", outlivesStop: true) {
            do throws(StorageError) {
                // A power cut is when an attacker waits for this node to come back without the peers that it can trust.
                try store.write(changes, durable: true)
                return nil
            } catch {
                return error
            }
        }
    }

    /// A write has ended. After one that failed everything is written anew.
    ///
    /// - Returns: why it failed, if it did.
    mutating func finished(_ ticket: UInt64) -> StorageError? {
        guard let error = jobs.takeResult(of: ticket) ?? nil else { return nil }
        written = [:]
        return error
    }

    /// The node stops: there is no further write.
    mutating func close() { nextWrite = nil }
}
