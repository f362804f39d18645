import DevP2P
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

@Suite("Peers that are just there")
struct IdlerTests {
    /// Full of peers that dialed, of whom the first has brought something.
    private static func full(_ rounds: inout Rounds) -> [ConnectionID] {
        let peers = rounds.fill(4)
        rounds.book.credit(.firstTransaction, to: peers[0], now: rounds.now)
        return peers
    }

    @Test func aNewcomerGetsTheSlotOfAnIdler() {
        var rounds = Rounds(PeerLimits(maxPeers: 6))
        _ = Self.full(&rounds)
        #expect(rounds.accept(Node(1)).reason == .tooManyPeers, "they haven't had time to bring anything")
        rounds.now = rounds.now + .seconds(31)
        #expect(rounds.accept(Node(2)).reason == nil)
        #expect(rounds.events.contains(.rotated(Node(201).id)), "the oldest that has brought nothing")
        #expect(rounds.book.inboundCount == 4)
    }

    /// Nobody brings anything where nothing happens: newcomers must not drive each other round in circles.
    @Test func onlySoManyGiveWay() {
        var rounds = Rounds(PeerLimits(maxPeers: 24))
        _ = rounds.fill(16)
        func welcomed(_ numbers: Range<UInt64>) -> Int { numbers.count { rounds.accept(Node($0)).reason == nil } }
        rounds.now = rounds.now + .seconds(31)
        #expect(welcomed(1..<17) == 6, "a quarter of the slots")
        rounds.now = rounds.now + .seconds(31)
        #expect(welcomed(31..<41) == 4, "the newest only, of whom each had a moment")
        rounds.now = rounds.now + .seconds(180)
        #expect(welcomed(51..<61) == 1 + 3, "this one is among the newest now")
    }

    /// A node all of whose peers are hostile has nothing to bring. It must get in for a moment, to fetch what it lacks.
    @Test func theNewestThatHaveBroughtNothingAreGuests() {
        var rounds = Rounds(PeerLimits(maxPeers: 24))
        let peers = rounds.fill(16)
        rounds.now = rounds.now + .milliseconds(1_999)
        #expect(rounds.accept(Node(1)).reason == .tooManyPeers, "nobody had his moment yet")
        rounds.now = rounds.now + .milliseconds(1)
        rounds.book.credit(.firstTransaction, to: peers[15], now: rounds.now)
        for number in UInt64(2)...5 { #expect(rounds.accept(Node(number)).reason == nil) }
        let gone = rounds.events.compactMap { if case .rotated(let id) = $0 { id } else { nil } }
        #expect(
            gone == (211...214).map { Node($0).id }, "the oldest of the newest first, but not who has brought something"
        )
        #expect(rounds.accept(Node(6)).reason == .tooManyPeers, "the others keep their slots")
        rounds.now = rounds.now + .seconds(2)
        #expect(rounds.accept(Node(7)).reason == nil)
        #expect(rounds.events.contains(.rotated(Node(2).id)))
    }

    @Test(
        "while no peer brings blocks, the newest that this node has dialed make room for others that there are to dial")
    func trials() {
        func dropped(others: UInt64, credit: Merit?) -> Int {
            // Eight dialed slots.
            var rounds = Rounds(PeerLimits(maxPeers: 24))
            for number in UInt64(1)...8 { rounds.book.addCandidate(Node(number).contact, now: rounds.now) }
            let targets = rounds.dials()
            for target in targets { #expect(rounds.complete(target) == nil) }
            for number in 0..<others { rounds.book.addCandidate(Node(11 + number).contact, now: rounds.now) }
            if let credit { rounds.book.credit(credit, to: targets[0].connection, now: rounds.now) }
            rounds.now = rounds.now + .milliseconds(4_999)
            rounds.book.deadlineReached(now: rounds.now)
            #expect(rounds.book.dialedCount == 8, "nobody had a moment yet")
            rounds.now = rounds.now + .milliseconds(1)
            rounds.book.deadlineReached(now: rounds.now)
            return 8 - rounds.book.dialedCount
        }
        #expect(dropped(others: 10, credit: nil) == 3)
        #expect(dropped(others: 2, credit: nil) == 2)
        #expect(dropped(others: 0, credit: nil) == 0, "there is nobody else")
        #expect(dropped(others: 10, credit: .firstTransaction) == 3, "these can be had without the chain")
        #expect(dropped(others: 10, credit: .firstBlock) == 0)
    }

    /// Eight dialed slots, and ten others that there are to dial; how many of the slots are free after a moment.
    private static func freed(isLAN: Bool, isHeldUp: Bool, isSyncing: Bool = false, credit: Merit? = nil) -> Int {
        func node(_ number: UInt64) -> Node { Node(number, ip: isLAN ? "10.0.0.\(number)" : nil) }
        var rounds = Rounds(PeerLimits(maxPeers: 24))
        for number in UInt64(1)...8 { rounds.book.addCandidate(node(number).contact, now: rounds.now) }
        let targets = rounds.dials()
        for target in targets { #expect(rounds.complete(target) == nil) }
        for number in UInt64(11)...20 { rounds.book.addCandidate(node(number).contact, now: rounds.now) }
        if let credit { for target in targets { rounds.book.credit(credit, to: target.connection, now: rounds.now) } }
        rounds.book.isSyncing = isSyncing
        rounds.book.setHeldUp(isHeldUp, now: rounds.now)
        rounds.now = rounds.now + .milliseconds(4_999)
        rounds.book.deadlineReached(now: rounds.now)
        #expect(rounds.book.dialedCount == 8, "nobody had a moment yet")
        rounds.now = rounds.now + .milliseconds(1)
        rounds.book.deadlineReached(now: rounds.now)
        return 8 - rounds.book.dialedCount
    }

    /// What passed on one block may hold back the next, and who promises far heads makes a node think that it catches up.
    @Test("while the chain is held up others are tried, whatever peers have brought, and in local networks too")
    func trialsWhileHeldUp() {
        for isLAN in [false, true] {
            for credit in [nil, Merit.firstTransaction, .firstBlock] {
                #expect(Self.freed(isLAN: isLAN, isHeldUp: true, credit: credit) == 3)
            }
            #expect(Self.freed(isLAN: isLAN, isHeldUp: true, isSyncing: true) == 3)
            #expect(Self.freed(isLAN: isLAN, isHeldUp: false, isSyncing: true) == 0)
        }
        #expect(Self.freed(isLAN: true, isHeldUp: false) == 0, "it may be that nothing happens")
    }

    @Test("in a local network the newest that have brought nothing give way only to one that is behind")
    func guestsOfLocalNetworks() {
        func node(_ number: UInt64) -> Node { Node(number, ip: "10.0.0.\(number)") }
        var rounds = Rounds(PeerLimits(maxPeers: 24))
        for number in UInt64(200)..<216 { #expect(rounds.accept(node(number)).reason == nil) }
        rounds.now = rounds.now + .milliseconds(1_999)
        #expect(rounds.accept(node(1), isBehind: true).reason == .tooManyPeers, "nobody had his moment yet")
        rounds.now = rounds.now + .milliseconds(1)
        #expect(rounds.accept(node(2)).reason == .tooManyPeers)
        #expect(rounds.accept(node(3), isBehind: true).reason == nil)
        #expect(rounds.events.contains(.rotated(node(212).id)), "the oldest of the newest")
    }

    @Test func whoHasBroughtSomethingStays() {
        var rounds = Rounds(PeerLimits(maxPeers: 6))
        let peers = Self.full(&rounds)
        for peer in peers { rounds.book.credit(.usefulResponse, to: peer, bytes: 100, now: rounds.now) }
        rounds.now = rounds.now + .seconds(31)
        #expect(rounds.accept(Node(1)).reason == .tooManyPeers)
        #expect(!rounds.events.contains { if case .rotated = $0 { true } else { false } })
    }

    @Test func aTrustedPeerMayIdle() {
        var rounds = Rounds(PeerLimits(maxPeers: 6))
        _ = Self.full(&rounds)
        for number in UInt64(200)..<204 { rounds.book.addTrusted(Node(number).id, now: rounds.now) }
        rounds.now = rounds.now + .seconds(31)
        #expect(rounds.accept(Node(1)).reason == .tooManyPeers)
    }

    @Test func aQuarterOfTheDialedIdlersGoesWhereNoSlotIsFree() {
        // Eight dialed slots.
        for count in [7, 8] {
            var rounds = Rounds(PeerLimits(maxPeers: 24))
            for number in 1...UInt64(count) { rounds.book.addCandidate(Node(number).contact, now: rounds.now) }
            for target in rounds.dials() { #expect(rounds.complete(target) == nil) }
            rounds.now = rounds.now + .seconds(30)
            rounds.book.deadlineReached(now: rounds.now)
            #expect(rounds.book.dialedCount == (count == 8 ? 6 : 7))
        }
    }
}
