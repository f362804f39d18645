import SansIO
import Testing

@testable import DevP2P

@Suite("RequestTracker")
struct RequestTrackerTests {
    private let alice = TestPeer.make(1)
    private let bob = TestPeer.make(2)
    private let start = Fixture.start

    /// Asks, and has the answer come after a time.
    private func exchange(
        _ tracker: inout RequestTracker<Int>, _ peer: Peer, at now: Instant, after latency: Duration, bytes: Int = 0
    ) throws {
        let id = tracker.ask(0, of: peer, timeout: .seconds(60), now: now)
        let answer = tracker.answer(try #require(id), from: peer, bytes: bytes, now: now + latency)
        guard case .expected(let request) = answer else { throw CancellationError() }
        #expect(request.sentAt == now)
    }

    @Test("percentiles are by nearest rank, for each peer alone")
    func percentiles() throws {
        var tracker = RequestTracker<Int>(maxPerPeer: 4, maxCount: 8)
        #expect(tracker.record(of: alice) == nil)
        // 1 ... 100 ms, in no order.
        for step in 0..<100 {
            let latency = Duration.milliseconds(step * 37 % 100 + 1)
            try exchange(&tracker, alice, at: start + .seconds(step), after: latency)
        }
        try exchange(&tracker, bob, at: start, after: .seconds(7))
        let record = try #require(tracker.record(of: alice))
        #expect(record.p50 == .milliseconds(50))
        #expect(record.p95 == .milliseconds(95))
        #expect(record.p99 == .milliseconds(99))
        #expect(record.latency(percentile: 100) == .milliseconds(100))
        #expect(record.successRate == 1)
        #expect(tracker.record(of: bob)?.p50 == .seconds(7))
        #expect(tracker.record(of: bob)?.p99 == .seconds(7))
    }

    @Test("a request that times out lowers the success rate and is in no percentile")
    func timeouts() throws {
        var tracker = RequestTracker<Int>(maxPerPeer: 4, maxCount: 8)
        for step in 0..<3 { try exchange(&tracker, alice, at: start + .seconds(step), after: .milliseconds(10)) }
        let id = tracker.ask(9, of: alice, timeout: .seconds(1), now: start + .seconds(5))
        #expect(tracker.deadline == start + .seconds(6))
        #expect(tracker.popTimedOut(now: start + .milliseconds(5900)) == nil)
        let failed = tracker.popTimedOut(now: start + .seconds(6))
        #expect(failed?.pending.pending == 9)
        #expect(tracker.deadline == nil)
        let record = try #require(tracker.record(of: alice))
        #expect(record.successRate == 0.75)
        #expect(record.p99 == .milliseconds(10))
        guard case .late = tracker.answer(try #require(id), from: alice, bytes: 5, now: start + .seconds(7)) else {
            Issue.record("an answer after its time is late")
            return
        }
        // It came too late to count.
        #expect(tracker.record(of: alice)?.successRate == 0.75)
        #expect(tracker.record(of: alice)?.count == 4)
    }

    @Test("throughput counts the time in which an answer was owed, once for requests side by side")
    func throughput() throws {
        var tracker = RequestTracker<Int>(maxPerPeer: 4, maxCount: 8)
        // Two at once, of one and two seconds; then a pause; then one more second.
        let first = try #require({ tracker.ask(1, of: alice, timeout: .seconds(9), now: start) }())
        let second = try #require({ tracker.ask(2, of: alice, timeout: .seconds(9), now: start) }())
        #expect(tracker.record(of: alice)?.bytesPerSecond == nil)
        _ = tracker.answer(first, from: alice, bytes: 1000, now: start + .seconds(1))
        #expect(tracker.record(of: alice)?.bytesPerSecond == 1000)
        _ = tracker.answer(second, from: alice, bytes: 2000, now: start + .seconds(2))
        #expect(tracker.record(of: alice)?.bytesPerSecond == 1500)
        try exchange(&tracker, alice, at: start + .seconds(100), after: .seconds(1), bytes: 600)
        #expect(tracker.record(of: alice)?.bytesPerSecond == 1200)
    }

    @Test("the window forgets: bounded, and about the last requests")
    func window() throws {
        var tracker = RequestTracker<Int>(maxPerPeer: 4, maxCount: 8)
        for step in 0..<200 { try exchange(&tracker, alice, at: start + .seconds(step), after: .milliseconds(500)) }
        for step in 200..<200 + ResponseRecord.window {
            try exchange(&tracker, alice, at: start + .seconds(step), after: .milliseconds(2))
        }
        let record = try #require(tracker.record(of: alice))
        #expect(record.count == ResponseRecord.window)
        #expect(record.p99 == .milliseconds(2))
    }

    @Test("a peer that leaves takes requests and record along")
    func left() throws {
        var tracker = RequestTracker<Int>(maxPerPeer: 2, maxCount: 3)
        _ = tracker.ask(1, of: alice, timeout: .seconds(1), now: start)
        _ = tracker.ask(2, of: alice, timeout: .seconds(1), now: start)
        #expect(tracker.ask(3, of: alice, timeout: .seconds(1), now: start) == nil)
        _ = tracker.ask(4, of: bob, timeout: .seconds(1), now: start)
        #expect(tracker.count == 3 && tracker.count(of: alice) == 2)
        #expect(tracker.peerLeft(alice).map(\.pending.pending) == [1, 2])
        #expect(tracker.record(of: alice) == nil)
        #expect(tracker.record(of: bob) != nil)
        #expect(tracker.count == 1)
    }
}
