import DevP2P
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

/// Each threshold has a way back that is clearly below it, so that nobody flutters around it.
@Suite("Thresholds with hysteresis")
struct ThresholdTests {
    /// Each row: seconds passed, what happens then, the score and whether the peer is ignored after that.
    @Test func ignoredUntilClearlyBelow() {
        var rounds = Rounds()
        _ = rounds.fill(3)
        let id = Node(1).id
        _ = rounds.accept(Node(1))
        let rows: [(Int, Int, Int, Bool)] = [
            // Two unsolicited responses reach 50.
            (0, 1, 25, false), (0, 1, 50, true),
            // At 49 and at 26 it is still ignored, at 25 no longer.
            (6, 0, 49, true), (138, 0, 26, true), (6, 0, 25, false),
            // The way up again is the whole one.
            (12, 1, 48, false), (12, 0, 46, false), (0, 1, 71, true),
        ]
        for (seconds, offences, score, isIgnored) in rows {
            rounds.now = rounds.now + .seconds(seconds)
            for _ in 0..<offences { _ = rounds.book.report(.unsolicitedResponse, by: id, now: rounds.now) }
            #expect(rounds.book.score(of: id, now: rounds.now) == score)
            #expect(rounds.book.isIgnored(id, now: rounds.now) == isIgnored, "at \(score)")
        }
        rounds.collect()
        let told = rounds.events.filter { if case .ignored = $0 { true } else { false } }
        #expect(told == [.ignored(id, score: 50), .ignored(id, score: 71)])
    }

    @Test func disconnectedUntilClearlyBelow() {
        var rounds = Rounds()
        _ = rounds.fill(1)
        let node = Node(1)
        let peer = rounds.accept(node)
        #expect(
            rounds.book.report(.malformedMessage, by: peer.connection, now: rounds.now) == .disconnect(.protocolBreach))
        // 100 -> 51 takes 294 s.
        for seconds in [31, 200, 63] {
            rounds.now = rounds.now + .seconds(seconds)
            #expect(rounds.accept(node).reason == .uselessPeer)
        }
        #expect(rounds.book.score(of: node.id, now: rounds.now) == 51)
        let isExplained = rounds.events.contains(.refused(node.id, .excluded))
        #expect(isExplained)
        rounds.now = rounds.now + .seconds(31)
        #expect(rounds.book.score(of: node.id, now: rounds.now) == 45)
        #expect(rounds.accept(node).reason == nil)
    }

    @Test func anExcludedCandidateIsNotDialed() {
        var rounds = Rounds()
        _ = rounds.fill(1)
        let node = Node(1, ip: "10.0.0.1")
        rounds.book.addCandidate(node.contact, now: rounds.now)
        let target = rounds.dials()[0]
        _ = rounds.complete(target)
        _ = rounds.book.report(.malformedMessage, by: target.connection, now: rounds.now)
        // The back-off on a local network is about 30 s, the way from 100 to 50 five minutes.
        var dialedAfter: Duration?
        for _ in 0..<60 where dialedAfter == nil {
            if !rounds.dials(after: .seconds(10)).isEmpty { dialedAfter = rounds.now - .start }
        }
        let after = dialedAfter ?? .zero
        #expect((Duration.seconds(300)...Duration.seconds(340)).contains(after), "\(after)")
    }

    @Test func theOperatorsPeersAreNotKeptOut() {
        var rounds = Rounds()
        _ = rounds.fill(1)
        rounds.book.addStatic(Node(1).contact, now: rounds.now)
        rounds.book.addTrusted(Node(2).id, now: rounds.now)
        for node in [Node(1), Node(2)] {
            for _ in 0..<30 { _ = rounds.book.report(.malformedMessage, by: node.id, now: rounds.now) }
            #expect(rounds.book.score(of: node.id, now: rounds.now) == 300, "capped at ten points each")
            #expect(rounds.accept(node).reason == nil)
        }
        #expect(rounds.book.bans(now: rounds.now).isEmpty)
        #expect(!rounds.book.isIgnored(Node(2).id, now: rounds.now))
        #expect(rounds.book.isIgnored(Node(1).id, now: rounds.now))
    }

    @Test func thePartsAddUpToTheScore() throws {
        var rounds = Rounds()
        _ = rounds.fill(1)
        let peer = rounds.accept(Node(1))
        for _ in 0..<3 { _ = rounds.book.report(.requestTimeout, by: peer.connection, now: rounds.now) }
        rounds.now = rounds.now + .seconds(60)
        _ = rounds.book.report(.unsolicitedResponse, by: peer.connection, now: rounds.now)
        let later = rounds.now + .seconds(12)
        let reputation = try #require(rounds.book.reputations(now: later)[peer.connection])
        #expect(reputation.score == 24 - 10 + 25 - 2)
        #expect(reputation.parts.map(\.offence) == [.requestTimeout, .unsolicitedResponse], "the newest last")
        #expect(reputation.parts.map(\.count) == [3, 1])
        #expect(reputation.parts.map(\.points) == [24, 25])
        #expect(reputation.parts.map(\.left) == [12, 25], "the oldest decays first")
        #expect(reputation.parts.map(\.last) == [.start, rounds.now])
        #expect(reputation.rangeScore == 12 + 12 - 12, "half of each offence's points, less what has decayed")
        #expect(!reputation.isProtected && !reputation.isIgnored)
    }
}
