import Synchronization

/// How much of one connection's events the owner has been handed and hasn't processed yet.
///
/// The connection's event loop adds, the owner's subtracts. Neither sends the other a message for it: only a connection
/// that stands still because the gauge was full has to be woken.
final class IngressGauge: Sendable {
    /// In bytes. One batch may go beyond it.
    private let limit: Int
    private let owed = Atomic<Int>(0)
    private let isWaiting = Atomic<Bool>(false)

    init(limit: Int) { self.limit = limit }

    /// Whether another batch may be handed over. If not, `subtract` will say once that it is time to ask again.
    func hasRoom() -> Bool {
        if owed.load(ordering: .sequentiallyConsistent) < limit { return true }
        isWaiting.store(true, ordering: .sequentiallyConsistent)
        // The owner may have finished between the two: then it hasn't seen that anybody waits.
        guard owed.load(ordering: .sequentiallyConsistent) < limit else { return false }
        isWaiting.store(false, ordering: .sequentiallyConsistent)
        return true
    }

    func add(_ bytes: Int) { owed.add(bytes, ordering: .sequentiallyConsistent) }

    /// Returns whether the connection waits, and is to be woken.
    func subtract(_ bytes: Int) -> Bool {
        let left = owed.subtract(bytes, ordering: .sequentiallyConsistent).newValue
        return left < limit / 2 && isWaiting.exchange(false, ordering: .sequentiallyConsistent)
    }
}
