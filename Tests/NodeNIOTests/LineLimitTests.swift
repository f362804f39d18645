import EthCrypto
import Primitives
import SansIO
import Testing

@testable import NodeNIO

@Suite("How many lines of the log others can cause")
struct LineLimitTests {
    static let start = Instant(unixSeconds: 1000)

    static func peer(_ index: Int) -> NodeID {
        NodeID(Keccak256.hash([UInt8(truncatingIfNeeded: index >> 8), UInt8(truncatingIfNeeded: index)]))
    }

    /// A flood of one peer for an hour is a few lines at first, and one a minute.
    @Test func onePeer() {
        var limit = LineLimit()
        var lines = 0
        for step in 0..<36_000 {
            if limit.admits("spam", of: Self.peer(1), now: Self.start + .milliseconds(100 * step)) { lines += 1 }
        }
        #expect((60...70).contains(lines))
    }

    /// Other peers and other causes keep their lines.
    @Test func othersAreHeard() {
        var limit = LineLimit()
        for _ in 0..<1000 { _ = limit.admits("spam", of: Self.peer(1), now: Self.start) }
        let same = limit.admits("spam", of: Self.peer(1), now: Self.start)
        let otherPeer = limit.admits("spam", of: Self.peer(2), now: Self.start)
        let otherCause = limit.admits("invalidBlock", of: Self.peer(1), now: Self.start)
        let later = limit.admits("spam", of: Self.peer(1), now: Self.start + .seconds(61))
        #expect(!same && otherPeer && otherCause && later)
    }

    /// An attacker with a new identity for each line is bounded by the cause, and so is what is remembered of it.
    @Test func manyPeers() {
        var limit = LineLimit()
        var lines = 0
        for step in 0..<36_000 {
            let now = Self.start + .milliseconds(100 * step)
            if limit.admits("spam", of: Self.peer(step), now: now) { lines += 1 }
        }
        #expect((900...960).contains(lines))
    }

    /// The chain's own progress has more lines, so that a block a second is told, and a flood of strangers takes none of
    /// them.
    @Test func theChainIsHeard() {
        var limit = LineLimit()
        var (heads, spam) = (0, 0)
        for second in 0..<3600 {
            let now = Self.start + .seconds(second)
            for step in 0..<10 where limit.admits("spam", of: Self.peer(10 * second + step), now: now) { spam += 1 }
            if limit.admits("head", isOfChain: true, now: now) { heads += 1 }
        }
        #expect(heads == 3600)
        #expect((900...960).contains(spam))
    }

    /// Who debugs sees more, but not without end.
    @Test func debuggingIsBoundedToo() {
        var limit = LineLimit(factor: 10)
        var lines = 0
        for step in 0..<36_000 {
            let now = Self.start + .milliseconds(100 * step)
            if limit.admits("connection refused", now: now) { lines += 1 }
        }
        #expect((9400...9600).contains(lines))
    }

    @Test func linesThatNobodyIsBlamedFor() {
        var limit = LineLimit()
        var lines = 0
        for _ in 0..<1000 where limit.admits("block refused", now: Self.start) { lines += 1 }
        #expect(lines == 50)
    }

    /// What was left out is told once a minute, also when it was one peer's.
    @Test func whatWasLeftOutIsTold() {
        var limit = LineLimit()
        for _ in 0..<25 { _ = limit.admits("spam", of: Self.peer(1), now: Self.start) }
        for _ in 0..<53 { _ = limit.admits("block refused", now: Self.start + .seconds(30)) }
        let early = limit.suppressed(now: Self.start + .seconds(59))
        #expect(early.isEmpty)
        let first = limit.suppressed(now: Self.start + .seconds(60))
        #expect(first.map(\.cause) == ["spam"] && first.map(\.count) == [20])
        let second = limit.suppressed(now: Self.start + .seconds(90))
        #expect(second.map(\.cause) == ["block refused"] && second.map(\.count) == [3])
        let last = limit.suppressed(now: Self.start + .seconds(10_000))
        #expect(last.isEmpty)
    }

    @Test func causesAreBounded() {
        var limit = LineLimit()
        var lines = 0
        for index in 0..<10_000 where limit.admits("cause \(index)", now: Self.start) { lines += 1 }
        #expect(lines == 64 + 50)
    }
}
