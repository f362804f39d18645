import Dispatch
import Synchronization

/// Counts the calls underway, so that a store is closed when there is none, and has none from then on.
final class CallGate: Sendable {
    /// The calls underway, and the bit `closed`.
    private let state = Atomic<UInt64>(0)
    private let drained = DispatchSemaphore(value: 0)

    private static let closed: UInt64 = 1 << 63

    /// - Returns: whether the call may be made; then `leave` follows it.
    func enter() -> Bool {
        guard state.add(1, ordering: .acquiring).newValue & Self.closed == 0 else {
            leave()
            return false
        }
        return true
    }

    func leave() {
        if state.subtract(1, ordering: .releasing).newValue == Self.closed { drained.signal() }
    }

    /// Lets nobody in any more, and waits for those who are in.
    ///
    /// - Returns: whether this is the first time; the others don't wait.
    func close() -> Bool {
        let before = state.bitwiseOr(Self.closed, ordering: .acquiringAndReleasing).oldValue
        guard before & Self.closed == 0 else { return false }
        if before > 0 { drained.wait() }
        return true
    }
}
