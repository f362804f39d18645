import SansIO
import Testing

@testable import Simulator

@Suite struct NodeClockTests {
    @Test("a clock that drifts shows what it should, and is woken in time")
    func clocks() {
        let start = Instant(unixSeconds: 1_760_000_000)
        var clock = NodeClock(start)
        clock.setDrift(100, now: start)
        let hour = start + .seconds(3600)
        #expect(clock.local(hour) - hour == .milliseconds(360))
        for offset in [Int64(1), 999, 1_000_000_007, 3_600_000_000_000] {
            let shown = hour + .nanoseconds(offset)
            let moment = clock.moment(shown)
            #expect(clock.local(moment) >= shown && clock.local(moment) - shown < .microseconds(2))
        }
        clock.setDrift(-200, now: hour)
        #expect(clock.local(hour) - hour == .milliseconds(360))
        #expect(clock.local(hour + .seconds(1000)) - hour == .milliseconds(1_000_160))
        clock.setOffset(.seconds(-3), now: hour)
        #expect(hour - clock.local(hour) == .seconds(3))
    }
}
