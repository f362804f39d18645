import SansIO
import Testing

@Suite struct InstantTests {
    @Test func arithmetic() {
        let start = Instant(unixSeconds: 1_700_000_000)
        #expect(start.unixSeconds == 1_700_000_000)
        #expect((start + .milliseconds(1_500)).nanoseconds == 1_700_000_001_500_000_000)
        #expect((start + .milliseconds(999)).unixSeconds == 1_700_000_000)
        #expect(start + .seconds(2) - start == .seconds(2))
        #expect(start - (start + .seconds(2)) == .seconds(-2))
        #expect(start + .seconds(-1) < start)
    }

    @Test func theEndsSaturate() {
        #expect(Instant(unixSeconds: .max) == .distantFuture)
        #expect(Instant.distantFuture + .seconds(1) == .distantFuture)
        #expect(Instant(nanoseconds: .min) + .seconds(-1) == Instant(nanoseconds: .min))
        #expect(Instant.distantFuture - Instant(nanoseconds: .min) == Duration.nanoseconds(Int64.max))
        #expect(Instant(nanoseconds: .min) - .distantFuture == Duration.nanoseconds(Int64.min))
        #expect(Instant(nanoseconds: -1).unixSeconds == 0)
        #expect(Instant(nanoseconds: 0) + .seconds(Int64.max) == .distantFuture)
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
        #expect(Duration.seconds(Int64.min).nanoseconds == .min)
        #expect(Duration.milliseconds(250).inSeconds == 0.25)
    }
}
