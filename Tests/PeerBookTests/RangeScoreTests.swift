import DevP2P
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

/// Identities are free, addresses are not: what a range's nodes do costs its new nodes slots.
@Suite("Scores of ranges of addresses")
struct RangeScoreTests {
    private func offend(_ rounds: inout Rounds, _ times: Int, from range: String, number: UInt64 = 100) {
        for index in 0..<times {
            let node = Node(number + UInt64(index), ip: "\(range).\(index + 1)")
            let peer = rounds.accept(node)
            _ = rounds.book.report(.malformedMessage, by: peer.connection, now: rounds.now)
        }
    }

    /// Each row: nodes of a range that commit an offence of 100 points, its score, and how many of eleven new nodes of it
    /// get in. The seventh offender already finds the range closed.
    @Test(arguments: [(0, 0, 10), (2, 100, 10), (3, 150, 7), (4, 200, 5), (5, 250, 2), (6, 300, 0), (20, 300, 0)])
    func fewerSlots(offences: Int, score: Int, admitted: Int) {
        var rounds = Rounds(PeerLimits(maxPeers: 90))
        offend(&rounds, offences, from: "34.50.0")
        #expect(rounds.book.rangeScore(of: Node(1, ip: "34.50.0.9").contact.ip, now: rounds.now) == score)
        let results = (1...11).map { rounds.accept(Node($0, ip: "34.50.0.\(100 + $0)")) }
        #expect(results.count { $0.refusal == nil && $0.reason == nil } == admitted)
        #expect(rounds.accept(Node(30, ip: "34.50.1.9")).reason == nil, "another range has nothing to do with it")
    }

    @Test("a closed range is open again when its score is clearly lower, not at the threshold")
    func hysteresis() {
        var rounds = Rounds(PeerLimits(maxPeers: 90))
        offend(&rounds, 6, from: "34.50.0")
        rounds.collect()
        let ip = Node(1, ip: "34.50.0.9").contact.ip
        let isTold = rounds.events.contains(.rangeClosed(Subnet(ip), score: 300))
        #expect(isTold)
        // 300 -> 201 takes 594 s.
        for seconds in [60, 300, 234] {
            rounds.now = rounds.now + .seconds(seconds)
            #expect(rounds.accept(Node(1, ip: "34.50.0.9")).reason == .tooManyPeers)
        }
        rounds.now = rounds.now + .seconds(31)
        #expect(rounds.accept(Node(1, ip: "34.50.0.9")).reason == nil)
    }

    @Test("the sum is bounded: after an hour nothing is left of any number of offences")
    func bounded() {
        var rounds = Rounds(PeerLimits(maxPeers: 90))
        let peer = rounds.accept(Node(1, ip: "34.50.0.9"))
        _ = rounds.fill(1)
        for _ in 0..<1000 { _ = rounds.book.report(.invalidTransaction, by: peer.connection, now: rounds.now) }
        for _ in 0..<1000 { _ = rounds.book.report(.uselessResponse, by: Node(1).id, now: rounds.now) }
        #expect(rounds.book.rangeScore(of: Node(1, ip: "34.50.0.1").contact.ip, now: rounds.now) <= 600)
        let later = rounds.now + .seconds(3600)
        #expect(rounds.book.rangeScore(of: Node(1, ip: "34.50.0.1").contact.ip, now: later) == 0)
    }

    @Test("peers that are connected, and such as were good ones for long, don't pay for their neighbours")
    func neighbours() {
        var rounds = Rounds(PeerLimits(maxPeers: 90))
        rounds.book.isSyncing = true
        let good = Node(1, ip: "34.50.0.9")
        let stays = rounds.accept(Node(2, ip: "34.50.0.10"))
        rounds.book.addCandidate(good.contact, now: rounds.now)
        let target = rounds.dials()[0]
        #expect(rounds.complete(target) == nil)
        rounds.now = rounds.now + .seconds(700)
        rounds.book.disconnected(target.connection, .remote(.quitting), now: rounds.now)
        offend(&rounds, 8, from: "34.50.0")
        rounds.collect()
        #expect(!rounds.disconnects.contains { $0.0 == stays.connection })
        #expect(rounds.accept(Node(3, ip: "34.50.0.11")).reason == .tooManyPeers)
        #expect(rounds.accept(good).reason == nil)
    }

    @Test("handshakes that come to nothing count for the range that they came from, and not for one that was dialed")
    func handshakes() {
        var rounds = Rounds()
        let victim = Node(1)
        let connection = rounds.nextConnection()
        let endpoint = Endpoint(ip: victim.contact.ip, port: 9)
        #expect(rounds.book.admitInbound(connection, from: endpoint, now: rounds.now) == nil)
        rounds.book.disconnected(connection, .timeout(.handshake), now: rounds.now)
        #expect(rounds.book.rangeScore(of: victim.contact.ip, now: rounds.now) == 2, "half of five")
        let other = Node(2)
        rounds.book.addCandidate(other.contact, now: rounds.now)
        let target = rounds.dials()[0]
        rounds.book.disconnected(target.connection, .protocolError(.invalidIdentity), now: rounds.now)
        #expect(rounds.book.rangeScore(of: other.contact.ip, now: rounds.now) == 0)
        #expect(rounds.book.score(of: other.id, now: rounds.now) == 0, "nobody has proved to be that node")
    }

    @Test("local networks have no score")
    func local() {
        var rounds = Rounds(PeerLimits(maxPeers: 60))
        offend(&rounds, 10, from: "10.0.0")
        #expect(rounds.accept(Node(1, ip: "10.0.0.200")).reason == nil)
        #expect(rounds.book.rangeScore(of: Node(1, ip: "10.0.0.200").contact.ip, now: rounds.now) == 0)
    }

    @Test("the ranges remembered are bounded, and the lightest go first")
    func capacity() {
        var limits = PeerLimits(maxPeers: 90)
        limits.maxRanges = 4
        var rounds = Rounds(limits)
        offend(&rounds, 5, from: "34.50.0")
        for number in 1...40 {
            let peer = rounds.accept(Node(UInt64(number)))
            _ = rounds.book.report(.requestTimeout, by: peer.connection, now: rounds.now)
        }
        #expect(rounds.book.rangeScore(of: Node(1, ip: "34.50.0.1").contact.ip, now: rounds.now) == 250)
        #expect(rounds.book.rangeScore(of: Node(40).contact.ip, now: rounds.now) == 4)
        #expect(rounds.book.rangeScore(of: Node(2).contact.ip, now: rounds.now) == 0)
    }
}
