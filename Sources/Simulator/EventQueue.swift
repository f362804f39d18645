import HeapModule
import SansIO

/// What will happen, by time. The heap moves small values; what they stand for stays where it is.
struct EventQueue<Event> {
    private struct Entry: Comparable {
        let at: Instant
        /// Breaks ties, in the order of scheduling.
        let sequence: UInt64
        let slot: Int

        static func < (left: Self, right: Self) -> Bool {
            left.at != right.at ? left.at < right.at : left.sequence < right.sequence
        }
    }

    private var heap = Heap<Entry>()
    private var slots: [Event?] = []
    private var free: [Int] = []
    private var sequence: UInt64 = 0

    var count: Int { heap.count }

    /// When the next one is; nil if there is none.
    var nextMoment: Instant? { heap.min?.at }

    mutating func insert(_ event: Event, at moment: Instant) {
        sequence += 1
        let slot = free.popLast() ?? slots.count
        if slot == slots.count { slots.append(event) } else { slots[slot] = event }
        heap.insert(Entry(at: moment, sequence: sequence, slot: slot))
    }

    mutating func next() -> (at: Instant, event: Event)? {
        guard let entry = heap.popMin(), let event = slots[entry.slot] else { return nil }
        slots[entry.slot] = nil
        free.append(entry.slot)
        return (entry.at, event)
    }
}
