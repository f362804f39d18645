import NIOCore
import SansIO

/// One timer of an event loop for a deadline that moves often.
///
/// A timer that is set too early stays: when it fires, the machine finds nothing due and says when it wants to be
/// called next. So a deadline that moves with every message costs no timer per message.
struct DeadlineTimer {
    private var callback: NIOScheduledCallback?
    private var firesAt = Instant.distantFuture

    mutating func set(
        _ deadline: Instant?, on loop: any EventLoop, clock: NodeClock,
        calling handler: some NIOScheduledCallbackHandler & Sendable
    ) {
        guard let deadline, deadline < .distantFuture else { return }
        if callback != nil, firesAt <= deadline { return }
        callback?.cancel()
        // It throws only when the loop has shut down, and then nobody waits for anything.
        callback = try? loop.scheduleCallback(at: clock.deadline(deadline), handler: handler)
        firesAt = deadline
    }

    /// To be called first when it fires.
    mutating func fired() {
        callback = nil
        firesAt = .distantFuture
    }

    mutating func cancel() {
        callback?.cancel()
        fired()
    }
}
