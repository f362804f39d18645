import DevP2P
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

/// A rule of judgement errs where this node's clock, chain or line is wrong: it must not empty the peer set.
@Suite("No rule of judgement removes everybody")
struct RemovalQuotaTests {
    /// Of 40 peers that all break a rule all the time, a quarter of those left goes in each window of ten
    /// minutes.
    @Test(
        arguments: [
            .invalidBlock, .invalidHeader, .wrongFork, .spam, .requestTimeout, .uselessResponse, .invalidTransaction,
            .connectionTimeout, .slowReader,
        ] as [Offence])
    func aShareInAWindow(offence: Offence) {
        var rounds = Rounds(PeerLimits(maxPeers: 60))
        let peers = rounds.fill(40)
        #expect(ReputationTable.standard[offence].isSubjective)
        let times = 110 / ReputationTable.standard[offence].points + 1
        for minute in 0..<40 {
            for peer in peers {
                for _ in 0..<times { _ = rounds.book.report(offence, by: peer, now: rounds.now) }
            }
            if minute < 10 { #expect(rounds.book.peerCount == 30, "a quarter of forty in the first window") }
            rounds.now = rounds.now + .seconds(60)
            rounds.book.deadlineReached(now: rounds.now)
        }
        #expect(rounds.book.peerCount == 11, "40, 30, 23, 18, 14, 11")
    }

    @Test("the last peer stays, and goes once there is another")
    func lastPeer() {
        var rounds = Rounds()
        let peer = rounds.accept(Node(1))
        #expect(rounds.book.report(.invalidBlock, by: peer.connection, now: rounds.now) == .keep)
        #expect(rounds.book.isIgnored(Node(1).id, now: rounds.now))
        #expect(rounds.book.ban(of: Node(1).id, now: rounds.now) == nil)
        for _ in 0..<2 {
            rounds.now = rounds.now + .seconds(30)
            #expect(rounds.book.deadline == rounds.now)
            rounds.book.deadlineReached(now: rounds.now)
        }
        rounds.collect()
        #expect(rounds.events.filter { $0.kind == .spared } == [.spared(Node(1).id, .invalidBlock, score: 195)])
        _ = rounds.accept(Node(2))
        rounds.now = rounds.now + .seconds(30)
        rounds.book.deadlineReached(now: rounds.now)
        rounds.collect()
        #expect(rounds.disconnects.map(\.0) == [peer.connection])
        #expect(rounds.book.peerCount == 1)
    }

    @Test("who was spared and has behaved since stays")
    func decays() throws {
        var rounds = Rounds()
        let peer = rounds.accept(Node(1))
        for _ in 0..<13 { _ = rounds.book.report(.requestTimeout, by: peer.connection, now: rounds.now) }
        #expect(rounds.book.score(of: Node(1).id, now: rounds.now) == 104)
        rounds.now = rounds.now + .seconds(29)
        _ = rounds.accept(Node(2))
        rounds.now = rounds.now + .seconds(1)
        rounds.book.deadlineReached(now: rounds.now)
        rounds.collect()
        #expect(rounds.book.peerCount == 2 && rounds.disconnects.isEmpty)
    }

    @Test("facts remove everybody who deserves it")
    func facts() {
        for offence in Offence.allCases where !ReputationTable.standard[offence].isSubjective {
            var rounds = Rounds(PeerLimits(maxPeers: 60))
            for peer in rounds.fill(40) {
                for _ in 0..<20 { _ = rounds.book.report(offence, by: peer, now: rounds.now) }
            }
            #expect(rounds.book.peerCount == 0, "\(offence)")
        }
    }

    @Test("a fact that tips a score made of judgements is no way around the share")
    func tipping() {
        var rounds = Rounds(PeerLimits(maxPeers: 60))
        for peer in rounds.fill(40) {
            for _ in 0..<11 { _ = rounds.book.report(.requestTimeout, by: peer, now: rounds.now) }
            _ = rounds.book.report(.unsolicitedResponse, by: peer, now: rounds.now)
        }
        #expect(rounds.book.peerCount == 30)
    }

    @Test("an attacker's identities in one range use up one removal")
    func identities() {
        var rounds = Rounds(PeerLimits(maxPeers: 60))
        _ = rounds.fill(4)
        let attackers = (1...9).map { rounds.accept(Node($0, ip: "34.99.99.\($0)")).connection }
        for attacker in attackers {
            let verdict = rounds.book.report(.spam, by: attacker, now: rounds.now)
            #expect(verdict == .disconnect(.subprotocolError))
        }
        #expect(rounds.book.peerCount == 4)
    }

    @Test("on a bad line everybody is late: half of the peers are heard all the same")
    func ignoring() {
        var rounds = Rounds(PeerLimits(maxPeers: 60))
        let peers = rounds.fill(40)
        for _ in 0..<10 {
            for peer in peers { _ = rounds.book.report(.requestTimeout, by: peer, now: rounds.now) }
        }
        let ignored = (0..<40).count { rounds.book.isIgnored(Node(200 + $0).id, now: rounds.now) }
        #expect(ignored == 20)
    }
}
