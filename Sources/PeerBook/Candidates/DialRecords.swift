import Primitives
import SansIO

/// When a node may be dialed again: back-off by kind of failure, doubling, with jitter.
///
/// It outlives the candidate, so that a node that is found again isn't dialed again. Bounded: the oldest records go.
///
/// A dial that didn't reach the node says something about the endpoint only: whoever names a false address of a node must
/// not keep others from dialing the right one.
struct DialRecords: Sendable {
    struct Record: Sendable {
        var failures: Int
        var notBefore: Instant
        /// Where the node wasn't found; nil for what the node itself has done.
        var endpoint: Endpoint?

        func isAbout(_ other: Endpoint) -> Bool { endpoint.map { $0 == other } ?? true }
    }

    private let capacity: Int
    private var records: [NodeID: Record] = [:]
    private var order: [NodeID] = []
    private var oldest = 0

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { records.count }

    func failures(of id: NodeID) -> Int { records[id]?.failures ?? 0 }

    /// The moment from which the node may be dialed at the endpoint; nil for at once.
    func notBefore(_ id: NodeID, at endpoint: Endpoint, now: Instant) -> Instant? {
        guard let record = records[id], record.isAbout(endpoint), record.notBefore > now else { return nil }
        return record.notBefore
    }

    /// Notes a failure; the moment from which the node may be dialed again.
    ///
    /// - Parameters:
    ///   - endpoint: where it was.
    ///   - wasReached: whether the node itself was at the other end.
    mutating func note(
        _ setback: Setback, _ id: NodeID, at endpoint: Endpoint, wasReached: Bool, now: Instant,
        random: inout NodeRandom
    ) -> Instant {
        let (first, limit) = setback.delay(isLAN: endpoint.ip.isLAN)
        let earlier = records[id].map { $0.isAbout(endpoint) || wasReached ? $0.failures : 0 } ?? 0
        let doubled = first * (1 << min(earlier, 20))
        let delay = min(doubled, limit)
        // Nodes that failed together shall not be dialed together.
        let moment = now + delay + random.duration(below: delay / 8)
        set(id, Record(failures: earlier + 1, notBefore: moment, endpoint: wasReached ? nil : endpoint))
        return moment
    }

    /// The node has proved itself: its failures are forgotten.
    mutating func clear(_ id: NodeID) { records[id] = nil }

    private mutating func set(_ id: NodeID, _ record: Record) {
        if records.updateValue(record, forKey: id) == nil { order.append(id) }
        while records.count > capacity, oldest < order.count {
            records[order[oldest]] = nil
            oldest += 1
        }
        // Cleared nodes leave their names behind, and may be in the order twice.
        if order.count > 2 * capacity { compact() }
    }

    private mutating func compact() {
        var seen = Set<NodeID>()
        order = order[oldest...].filter { records[$0] != nil && seen.insert($0).inserted }
        oldest = 0
    }
}
