import Dispatch
import Synchronization

/// Counts the calls in progress, so that a store can be closed once there are none, and refuses calls after that.
final class CallGate: Sendable {
    /// The number of calls in progress, and the bit `closed`.
    private let state = Atomic<UInt64>(0)
    private let drained = DispatchSemaphore(value: 0)

    private static let closed: UInt64 = 1 << 63

    /// Begins a call.
    ///
    /// - Returns: whether the call may be made; the caller must call `leave` after it.
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

    /// Refuses new calls, and waits for those in progress.
    ///
    /// - Returns: whether this is the first call of `close`; later ones don't wait.
    func close() -> Bool {
        let before = state.bitwiseOr(Self.closed, ordering: .acquiringAndReleasing).oldValue
        guard before & Self.closed == 0 else { return false }
        if before > 0 { drained.wait() }
        return true
    }
}
