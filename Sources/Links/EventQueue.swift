package import HeapModule
package import SansIO

/// What will happen, by time. The heap moves small values; what they stand for stays where it is.
///
/// Inlinable, so that a room that uses it has it compiled for its own events.
package struct EventQueue<Event> {
    @usableFromInline
    package struct Entry: Comparable {
        @usableFromInline let at: Instant
        /// Breaks ties, in the order of scheduling.
        @usableFromInline let sequence: UInt64
        @usableFromInline let slot: Int

        @inlinable
        init(at: Instant, sequence: UInt64, slot: Int) {
            self.at = at
            self.sequence = sequence
            self.slot = slot
        }

        @inlinable
        package static func < (left: Self, right: Self) -> Bool {
            left.at != right.at ? left.at < right.at : left.sequence < right.sequence
        }
    }

    @usableFromInline var heap = Heap<Entry>()
    @usableFromInline var slots: [Event?] = []
    @usableFromInline var free: [Int] = []
    @usableFromInline var sequence: UInt64 = 0

    @inlinable
    package init() {}

    /// When the next one is; nil if there is none.
    @inlinable
    package var nextMoment: Instant? { heap.min?.at }

    @inlinable
    package mutating func insert(_ event: Event, at moment: Instant) {
        sequence += 1
        let slot = free.popLast() ?? slots.count
        if slot == slots.count { slots.append(event) } else { slots[slot] = event }
        heap.insert(Entry(at: moment, sequence: sequence, slot: slot))
    }

    @inlinable
    package mutating func next() -> (at: Instant, event: Event)? {
        guard let entry = heap.popMin(), let event = slots[entry.slot] else { return nil }
        slots[entry.slot] = nil
        free.append(entry.slot)
        return (entry.at, event)
    }
}
