import Primitives
import SansIO

/// When a node may be dialed again: back-off by kind of failure, doubling, with jitter.
///
/// It outlives the candidate, so that a node that is found again isn't dialed again. Bounded: the oldest records go.
struct DialRecords: Sendable {
    struct Record: Sendable {
        var failures: Int
        var notBefore: Instant
    }

    private let capacity: Int
    private var records: [NodeID: Record] = [:]
    private var order: [NodeID] = []
    private var oldest = 0

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { records.count }

    func failures(of id: NodeID) -> Int { records[id]?.failures ?? 0 }

    /// The moment from which the node may be dialed; nil for at once.
    func notBefore(_ id: NodeID, now: Instant) -> Instant? {
        guard let moment = records[id]?.notBefore, moment > now else { return nil }
        return moment
    }

    /// Notes a failure; the moment from which the node may be dialed again.
    mutating func note(_ setback: Setback, _ id: NodeID, isLAN: Bool, now: Instant, random: inout NodeRandom) -> Instant
    {
        let (first, limit) = setback.delay(isLAN: isLAN)
        let earlier = records[id]?.failures ?? 0
        let doubled = first * (1 << min(earlier, 20))
        let delay = min(doubled, limit)
        // Nodes that failed together shall not be dialed together.
        let moment = now + delay + random.duration(below: delay / 8)
        set(id, Record(failures: earlier + 1, notBefore: moment))
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
