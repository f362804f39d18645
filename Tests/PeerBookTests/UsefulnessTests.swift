import DevP2P
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

@Suite("Whose slot is safe")
struct UsefulnessTests {
    private func protected(_ rounds: Rounds, _ peers: [ConnectionID]) -> [Int] {
        let reputations = rounds.book.reputations(now: rounds.now)
        return peers.indices.filter { reputations[peers[$0]]?.isProtected == true }
    }

    /// Each row: what peers 0, 1, … of ten do, and who is safe then.
    @Test func theBestByEachCriterion() {
        var rounds = Rounds()
        let peers = rounds.fill(10)
        #expect(protected(rounds, peers).isEmpty, "nobody has done anything")
        rounds.book.credit(.firstBlock, to: peers[3], now: rounds.now)
        #expect(protected(rounds, peers) == [3])
        for _ in 0..<15 { rounds.book.credit(.firstTransaction, to: peers[4], now: rounds.now) }
        rounds.book.credit(.firstTransaction, to: peers[5], now: rounds.now)
        #expect(protected(rounds, peers) == [3, 4], "one in ten by each criterion")
        for (index, milliseconds) in [(6, 80), (7, 20), (8, 90)] {
            for _ in 0..<4 {
                rounds.book.credit(
                    .usefulResponse, to: peers[index], bytes: index * 1000, latency: .milliseconds(milliseconds),
                    now: rounds.now)
            }
        }
        #expect(protected(rounds, peers) == [3, 4, 7, 8], "the quickest is not the one that gave most")
        rounds.book.addTrusted(Node(209).id, now: rounds.now)
        #expect(protected(rounds, peers) == [3, 4, 7, 8, 9])
    }

    @Test("two answers say nothing about latency")
    func fewAnswers() {
        var rounds = Rounds()
        let peers = rounds.fill(10)
        for _ in 0..<2 { rounds.book.credit(.usefulResponse, to: peers[0], latency: .milliseconds(1), now: rounds.now) }
        #expect(protected(rounds, peers).isEmpty)
    }

    @Test("what a peer did fades, also where it goes on doing a little")
    func fades() throws {
        var rounds = Rounds()
        let peers = rounds.fill(10)
        for _ in 0..<50 { rounds.book.credit(.firstBlock, to: peers[0], now: rounds.now) }
        var seen: [Int] = []
        for _ in 0..<3 {
            seen.append(try #require(rounds.book.reputations(now: rounds.now)[peers[0]]).usefulness.blocks)
            rounds.now = rounds.now + .seconds(300)
        }
        #expect(seen == [800, 400, 200])
        for _ in 0..<60 {
            rounds.now = rounds.now + .seconds(60)
            rounds.book.credit(.firstTransaction, to: peers[0], now: rounds.now)
        }
        let after = try #require(rounds.book.reputations(now: rounds.now)[peers[0]]).usefulness
        #expect(after.blocks == 0)
        #expect((6...10).contains(after.transactions), "not the sixty that were ever credited: \(after.transactions)")
    }

    @Test("behaving well buys nothing against offences, and credit has a cap")
    func paysForNothing() throws {
        var rounds = Rounds()
        let peers = rounds.fill(10)
        for _ in 0..<100_000 { rounds.book.credit(.firstBlock, to: peers[0], now: rounds.now) }
        #expect(rounds.book.reputations(now: rounds.now)[peers[0]]?.usefulness.blocks == 1000)
        _ = rounds.book.report(.unsolicitedResponse, by: peers[0], now: rounds.now)
        #expect(protected(rounds, peers) == [0])
        _ = rounds.book.report(.unsolicitedResponse, by: peers[0], now: rounds.now)
        #expect(protected(rounds, peers).isEmpty, "ignored")
        let verdict = rounds.book.report(.malformedMessage, by: peers[0], now: rounds.now)
        #expect(verdict == .disconnect(.protocolBreach))
    }

    @Test("in a small pool, too, somebody can be rotated")
    func smallPool() {
        var rounds = Rounds()
        let peers = rounds.fill(4)
        rounds.book.credit(.firstBlock, to: peers[0], now: rounds.now)
        rounds.book.credit(.firstTransaction, to: peers[1], now: rounds.now)
        for _ in 0..<3 {
            rounds.book.credit(.usefulResponse, to: peers[2], bytes: 9, latency: .milliseconds(9), now: rounds.now)
            rounds.book.credit(.usefulResponse, to: peers[3], bytes: 8, latency: .milliseconds(8), now: rounds.now)
        }
        #expect(protected(rounds, peers) == [0, 1])
    }
}
