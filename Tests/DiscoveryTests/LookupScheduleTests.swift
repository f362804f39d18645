import SansIO
import Testing

@testable import Discovery

@Suite struct LookupScheduleTests {
    var random = NodeRandom(seed: 4)

    private func isAbout(_ pause: Duration, _ expected: Duration) -> Bool {
        pause >= expected * 0.75 && pause <= expected * 1.25
    }

    @Test mutating func thePauseGrowsWhileNothingIsFound() {
        var schedule = LookupSchedule(now: Sample.start)
        #expect(schedule.next == Sample.start)
        var now = Sample.start
        var pauses: [Duration] = []
        for _ in 0..<9 {
            schedule.lookupEnded(foundNew: false, liveCount: 5, now: now, random: &random)
            pauses.append(schedule.next - now)
            now = schedule.next
        }
        for (pause, seconds) in zip(pauses, [1, 2, 4, 8, 16, 30, 30, 30, 30]) {
            #expect(isAbout(pause, .seconds(seconds)), "\(pause)")
        }
        #expect(Set(pauses.suffix(4)).count == 4, "each pause is another one")
    }

    @Test mutating func withoutANodeThePauseStaysShort() {
        var schedule = LookupSchedule(now: Sample.start)
        for _ in 0..<9 { schedule.lookupEnded(foundNew: false, liveCount: 0, now: Sample.start, random: &random) }
        #expect(isAbout(schedule.next - Sample.start, .seconds(5)))
    }

    @Test mutating func findsKeepASmallTableSearching() {
        var schedule = LookupSchedule(now: Sample.start)
        for _ in 0..<5 {
            schedule.lookupEnded(foundNew: true, liveCount: 31, now: Sample.start, random: &random)
            #expect(isAbout(schedule.next - Sample.start, .milliseconds(500)))
        }
        schedule.lookupEnded(foundNew: true, liveCount: 32, now: Sample.start, random: &random)
        #expect(isAbout(schedule.next - Sample.start, .seconds(1)), "enough nodes are known")
    }

    @Test mutating func aNewcomerBringsTheLookupForward() {
        var schedule = LookupSchedule(now: Sample.start)
        for _ in 0..<9 { schedule.lookupEnded(foundNew: false, liveCount: 5, now: Sample.start, random: &random) }
        let planned = schedule.next
        schedule.discovered(liveCount: 32, now: Sample.start, random: &random)
        #expect(schedule.next == planned)
        schedule.discovered(liveCount: 6, now: Sample.start, random: &random)
        #expect(isAbout(schedule.next - Sample.start, .milliseconds(500)))
        let soon = schedule.next
        schedule.discovered(liveCount: 6, now: Sample.start + .seconds(10), random: &random)
        #expect(schedule.next == soon, "never later")
    }

    @Test mutating func demandsAreServedOnceASecond() {
        var schedule = LookupSchedule(now: Sample.start)
        for _ in 0..<9 { schedule.lookupEnded(foundNew: false, liveCount: 50, now: Sample.start, random: &random) }
        schedule.demanded(now: Sample.start + .milliseconds(100))
        #expect(schedule.next == Sample.start + .seconds(1))
        schedule.lookupEnded(foundNew: false, liveCount: 50, now: Sample.start, random: &random)
        schedule.demanded(now: Sample.start + .seconds(3))
        #expect(schedule.next == Sample.start + .seconds(3))
    }

    @Test mutating func refreshesComeAfterAQuarterToHalfAnHour() {
        var schedule = LookupSchedule(now: Sample.start)
        #expect(schedule.beginRefreshIfDue(now: Sample.start, random: &random))
        #expect(!schedule.beginRefreshIfDue(now: Sample.start + .seconds(899), random: &random))
        #expect(schedule.beginRefreshIfDue(now: Sample.start + .seconds(1800), random: &random))
        schedule.seeded()
        #expect(schedule.next < Sample.start)
        #expect(schedule.beginRefreshIfDue(now: Sample.start, random: &random))
    }
}
