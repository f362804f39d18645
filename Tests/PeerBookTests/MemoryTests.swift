import DevP2P
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

/// What a node knows of its peers, over a restart.
@Suite("Peers over a restart")
struct MemoryTests {
    /// A book in a later run, with what the earlier one has kept.
    private func restarted(_ rounds: inout Rounds, after pause: Duration, _ limits: PeerLimits = PeerLimits()) -> Rounds
    {
        let records = rounds.book.memory(now: rounds.now)
        var next = Rounds(limits)
        next.now = rounds.now + pause
        let damaged = next.book.restore(records, now: next.now)
        #expect(damaged.isEmpty)
        return next
    }

    @Test("scores go on to decay while the node is down")
    func scores() {
        var rounds = Rounds()
        _ = rounds.fill(1)
        let peer = rounds.accept(Node(1))
        for _ in 0..<3 { _ = rounds.book.report(.unsolicitedResponse, by: peer.connection, now: rounds.now) }
        for (pause, score, isIgnored) in [
            (0, 75, true), (60, 65, true), (294, 26, true), (300, 25, false), (450, 0, false),
        ] {
            let next = restarted(&rounds, after: .seconds(pause))
            #expect(next.book.score(of: Node(1).id, now: next.now) == score, "after \(pause) s")
            #expect(next.book.isIgnored(Node(1).id, now: next.now) == isIgnored, "after \(pause) s")
        }
        let next = restarted(&rounds, after: .seconds(60))
        #expect(next.book.rangeScore(of: Node(1).contact.ip, now: next.now) == 36 - 10)
    }

    @Test("bans last as long as they would have, and the next one is longer")
    func bans() throws {
        var rounds = Rounds()
        _ = rounds.fill(1)
        let node = Node(1)
        let peer = rounds.accept(node)
        _ = rounds.book.report(.invalidResponse, by: peer.connection, now: rounds.now)
        let ban = try #require(rounds.book.bans(now: rounds.now).first)
        #expect(ban.subject == .node(node.id) && ban.offence == .invalidResponse)
        #expect(ban.until == .start + .seconds(1800) && ban.count == 1)
        var next = restarted(&rounds, after: .seconds(600))
        #expect(next.book.bans(now: next.now) == [ban])
        #expect(next.accept(node).reason == .uselessPeer)
        next = restarted(&next, after: .seconds(1200))
        #expect(next.book.bans(now: next.now).isEmpty)
        _ = next.fill(1)
        let again = next.accept(node)
        #expect(again.reason == nil)
        _ = next.book.report(.invalidResponse, by: again.connection, now: next.now)
        #expect(next.book.ban(of: node.id, now: next.now) == next.now + .seconds(7200))
    }

    @Test("a banned address stays banned")
    func addresses() {
        var rounds = Rounds(PeerLimits(maxPeers: 60))
        for number in 1...3 {
            let peer = rounds.accept(Node(UInt64(number), ip: "34.9.9.9"))
            _ = rounds.book.report(.invalidResponse, by: peer.connection, now: rounds.now)
            rounds.now = rounds.now + .seconds(31)
        }
        var next = restarted(&rounds, after: .seconds(100))
        #expect(next.accept(Node(4, ip: "34.9.9.9")).refusal == .addressBanned)
        next = restarted(&rounds, after: .seconds(3600))
        #expect(next.accept(Node(4, ip: "34.9.9.9")).refusal == nil)
    }

    @Test("anchors are dialed first, then others that were good, without any bootnode")
    func contacts() {
        var rounds = Rounds(PeerLimits(maxPeers: 36))
        for number in 1...12 { rounds.book.addCandidate(Node(UInt64(number)).contact, now: rounds.now) }
        // One after the other, so that their age tells them apart.
        var order: [NodeID] = []
        for target in rounds.dials() {
            rounds.now = rounds.now + .seconds(5)
            if rounds.complete(target) == nil { order.append(target.id) }
        }
        #expect(order.count == 12)
        rounds.now = rounds.now + .seconds(40)
        var next = restarted(&rounds, after: .seconds(86_400), PeerLimits(maxPeers: 9))
        #expect(next.book.candidateCount == 12)
        #expect(next.dials().map(\.id) == Array(order.prefix(6)), "three slots, twice as many dials, the oldest first")
        let reasons = next.events.compactMap { if case .dialing(_, _, let reason) = $0 { reason } else { nil } }
        #expect(reasons == Array(repeating: .anchor, count: 6))
    }

    @Test("whoever offended, or was a peer for a moment only, is no good contact")
    func badContacts() {
        var rounds = Rounds()
        for number in 1...3 { rounds.book.addCandidate(Node(UInt64(number)).contact, now: rounds.now) }
        let targets = rounds.dials()
        for target in targets { _ = rounds.complete(target) }
        rounds.now = rounds.now + .seconds(20)
        rounds.book.disconnected(targets[0].connection, .network, now: rounds.now)
        rounds.now = rounds.now + .seconds(20)
        _ = rounds.book.report(.unsolicitedResponse, by: targets[1].connection, now: rounds.now)
        let next = restarted(&rounds, after: .zero)
        #expect(next.book.candidateCount == 1)
    }

    @Test("a record that can't be used is left out, and the others are taken")
    func damage() {
        var rounds = Rounds()
        _ = rounds.fill(1)
        rounds.book.addCandidate(Node(9).contact, now: rounds.now)
        for target in rounds.dials() { _ = rounds.complete(target) }
        for number in 1...4 {
            let peer = rounds.accept(Node(UInt64(number)))
            _ = rounds.book.report(.invalidResponse, by: peer.connection, now: rounds.now)
        }
        rounds.now = rounds.now + .seconds(31)
        let records = rounds.book.memory(now: rounds.now)
        #expect(Set(records.map(\.key[0])) == [1, 2, 3, 4], "each kind")
        for index in records.indices {
            let whole = records[index]
            for length in 0..<whole.value.count {
                var cut = records
                cut[index] = PeerRecord(key: whole.key, value: Array(whole.value.prefix(length)))
                var next = Rounds()
                #expect(next.book.restore(cut, now: rounds.now).map(\.key) == [whole.key])
            }
            for bit in 0..<8 * whole.value.count {
                var flipped = whole.value
                flipped[bit / 8] ^= 1 << UInt8(bit % 8)
                var next = Rounds()
                // Some bits only make another number: that must be a harmless one.
                _ = next.book.restore([PeerRecord(key: whole.key, value: flipped)], now: rounds.now)
                let bans = next.book.bans(now: rounds.now)
                #expect(bans.allSatisfy { $0.until <= rounds.now + .seconds(86_400) })
            }
        }
    }

    @Test(
        "keys and versions that are unknown",
        arguments: [
            (PeerRecord(key: [], value: [0xc1, 1]), "its key is unknown"),
            (PeerRecord(key: [9, 1], value: [0xc1, 1]), "its key is unknown"),
            (PeerRecord(key: [1] + Node(1).id.bytes, value: [0xc1, 2]), "version 2, this program reads version 1"),
            (
                PeerRecord(key: [1] + Node(1).id.bytes, value: Array(repeating: 0, count: 5000)),
                "5000 bytes, at most 4096 are allowed"
            ),
        ])
    func unknown(record: PeerRecord, message: String) {
        var rounds = Rounds()
        #expect(rounds.book.restore([record], now: rounds.now).map(\.error.description) == [message])
    }

    @Test("a clock that was wrong makes no ban and no score last for ever")
    func clock() throws {
        var rounds = Rounds()
        rounds.now = Instant(unixSeconds: 4_000_000_000)
        _ = rounds.fill(1)
        for number in 1...2 {
            let peer = rounds.accept(Node(UInt64(number)))
            let offence: Offence = number == 1 ? .invalidResponse : .malformedMessage
            _ = rounds.book.report(offence, by: peer.connection, now: rounds.now)
        }
        var next = Rounds()
        #expect(next.book.restore(rounds.book.memory(now: rounds.now), now: next.now).isEmpty)
        #expect(try #require(next.book.ban(of: Node(1).id, now: next.now)) <= next.now + .seconds(86_400))
        #expect(next.book.score(of: Node(2).id, now: next.now) == 100)
        #expect(next.book.score(of: Node(2).id, now: next.now + .seconds(600)) == 0)
    }

    @Test("a record changes only when something happens, so that little is written")
    func quiet() {
        var rounds = Rounds()
        rounds.book.isSyncing = true
        _ = rounds.fill(5)
        rounds.book.addCandidate(Node(9).contact, now: rounds.now)
        for target in rounds.dials() { _ = rounds.complete(target) }
        rounds.now = Instant(unixSeconds: 1_700_000_400 + 100)
        _ = rounds.book.report(.requestTimeout, by: Node(200).id, now: rounds.now)
        let first = rounds.book.memory(now: rounds.now)
        #expect(first.map(\.key[0]) == [1, 2, 4])
        #expect(rounds.book.memory(now: rounds.now + .seconds(20)) == first)
    }

    @Test("what is kept is bounded")
    func bounds() {
        var limits = PeerLimits(maxPeers: 500)
        (limits.maxStandings, limits.maxRanges, limits.maxKnownContacts) = (20, 10, 5)
        var rounds = Rounds(limits)
        for number in 1...200 {
            let node = Node(UInt64(number))
            rounds.book.addCandidate(node.contact, now: rounds.now)
            _ = rounds.book.report(.invalidResponse, by: node.id, now: rounds.now)
            _ = rounds.accept(Node(UInt64(1000 + number), ip: "35.0.\(number).1"))
        }
        for target in rounds.dials() { _ = rounds.complete(target) }
        rounds.now = rounds.now + .seconds(3600)
        let records = rounds.book.memory(now: rounds.now)
        #expect(records.count <= 20 + 10 + 20 + 5)
        #expect(records.allSatisfy { $0.value.count <= PeerRecord.maxBytes })
    }
}
