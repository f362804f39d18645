import Primitives
import SansIO
import Testing

@testable import NodeCore

@Suite("What others' clocks say of this node's")
struct ClockEstimateTests {
    private let start = Instant(unixSeconds: 1_760_000_000)

    private func ip(_ range: UInt32, _ host: UInt32 = 1) -> IPAddress { .v4(0x0800_0000 + range << 8 + host) }

    @Test("a range has one voice, the newest, and the median counts")
    func median() {
        var clocks = ClockEstimate()
        for host in 1...20 as ClosedRange<UInt32> {
            clocks.note(.seconds(500), from: ip(1, host), by: .peer, now: start)
        }
        clocks.note(.seconds(1), from: ip(2), by: .peer, now: start)
        clocks.note(.seconds(-1), from: ip(3), by: .peer, now: start)
        #expect(clocks.takeWarning(now: start) == nil)
        clocks.note(.seconds(20), from: ip(2), by: .peer, now: start)
        let warning = clocks.takeWarning(now: start)
        #expect(warning?.difference == .seconds(20) && warning?.ranges == 3)
        #expect(clocks.takeWarning(now: start + .seconds(299)) == nil)
        #expect(clocks.takeWarning(now: start + .seconds(300)) != nil)
    }

    @Test("few voices are believed when they have said the same for a while")
    func patience() {
        var clocks = ClockEstimate()
        clocks.note(.seconds(60), from: ip(1), by: .peer, now: start)
        #expect(clocks.takeWarning(now: start) == nil && clocks.takeWarning(now: start + .seconds(9)) == nil)
        #expect(clocks.takeWarning(now: start + .seconds(10))?.difference == .seconds(60))
    }

    @Test("datagrams, whose addresses anybody may write, say nothing where peers do")
    func sources() {
        var clocks = ClockEstimate()
        for range in 1...9 as ClosedRange<UInt32> {
            clocks.note(.seconds(100), from: ip(range), by: .datagram, now: start)
        }
        #expect(clocks.takeWarning(now: start) != nil)
        clocks.clear()
        clocks.note(.zero, from: ip(1), by: .peer, now: start)
        for range in 1...9 as ClosedRange<UInt32> {
            clocks.note(.seconds(100), from: ip(range), by: .datagram, now: start)
        }
        #expect(clocks.takeWarning(now: start) == nil)
    }

    @Test("what an expiration says: nothing within what clients write, whatever the number")
    func expirations() {
        func difference(_ seconds: Int64) -> Duration? {
            ClockEstimate.difference(expiration: UInt64(1_760_000_000 + seconds), unixTime: start)
        }
        #expect(difference(20) == .zero && difference(60) == .zero && difference(45) == .zero)
        #expect(difference(0) == .seconds(-20) && difference(-40) == .seconds(-60) && difference(90) == .seconds(30))
        #expect(ClockEstimate.difference(expiration: .max, unixTime: start) == nil)
        #expect(ClockEstimate.difference(expiration: 0, unixTime: start) == .seconds(-1_760_000_020))
    }
}
