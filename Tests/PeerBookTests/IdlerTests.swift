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
        #expect(welcomed(31..<41) == 0)
        rounds.now = rounds.now + .seconds(180)
        #expect(welcomed(51..<61) == 1)
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
