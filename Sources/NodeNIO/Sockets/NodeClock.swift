import NIOCore
package import SansIO

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The clock of a process: the wall clock read once, and the monotonic clock of the event loops from there on.
///
/// So it never runs backwards, and a timer of an event loop and a deadline of a machine are the same moment. Under an
/// embedded event loop it is the loop's virtual time. What the wall clock has done since is `wallOffset`.
package struct NodeClock: Sendable {
    /// What to add to a loop's uptime to get nanoseconds since the Unix epoch.
    private let offset: Int64
    private let wall: @Sendable () -> Int64

    /// - Parameter wall: the system's clock, in nanoseconds since the Unix epoch.
    package init(wall: @escaping @Sendable () -> Int64 = NodeClock.systemTime) {
        self.wall = wall
        offset = wall() - Int64(clamping: NIODeadline.now().uptimeNanoseconds)
    }

    package static let systemTime: @Sendable () -> Int64 = {
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        return Int64(wall.tv_sec) * 1_000_000_000 + Int64(wall.tv_nsec)
    }

    /// How far the system's clock is ahead of this one: it was set, or the machine has slept.
    var wallOffset: Duration { .nanoseconds(wall() - now.nanoseconds) }

    package var now: Instant { instant(.now()) }

    func now(on loop: any EventLoop) -> Instant { instant(loop.now) }

    func instant(_ deadline: NIODeadline) -> Instant {
        Instant(nanoseconds: Int64(clamping: deadline.uptimeNanoseconds) &+ offset)
    }

    func deadline(_ instant: Instant) -> NIODeadline {
        let (uptime, overflow) = instant.nanoseconds.subtractingReportingOverflow(offset)
        return .uptimeNanoseconds(overflow ? .max : UInt64(max(0, uptime)))
    }
}
