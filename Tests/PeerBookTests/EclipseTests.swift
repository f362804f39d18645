import DevP2P
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

/// An attacker with many ids in a few ranges of addresses, who knows what this node allows.
@Suite("Eclipse: ranges of addresses, and what peers have proved")
struct EclipseTests {
    private static func hostile(_ number: UInt64, range: Int = 99) -> Node {
        Node(1000 + number, ip: "35.\(range).\(number / 200).\(1 + number % 200)")
    }

    /// Nodes that were dialed, brought something, and have left.
    private static func meet(_ nodes: Node..., in rounds: inout Rounds, credit merit: Merit = .firstBlock) {
        for node in nodes { rounds.book.addCandidate(node.contact, now: rounds.now) }
        let targets = rounds.dials()
        #expect(targets.count == nodes.count)
        for target in targets { #expect(rounds.complete(target) == nil) }
        rounds.now = rounds.now + .seconds(40)
        for target in targets {
            rounds.book.credit(merit, to: target.connection, now: rounds.now)
            rounds.book.disconnected(target.connection, .remote(.quitting), now: rounds.now)
        }
    }

    private static func rotated(_ rounds: Rounds) -> [NodeID] {
        rounds.events.compactMap { if case .rotated(let id) = $0 { id } else { nil } }
    }

    // MARK: Dials

    @Test func aRangeFullOfIdsIsDrawnAsOften() {
        var dialed = (few: 0, crowded: 0)
        for seed in 1...60 {
            var rounds = Rounds(PeerLimits(maxPeers: 3), seed: UInt64(seed))
            for number in 0..<200 { rounds.book.addCandidate(Self.hostile(UInt64(number)).contact, now: rounds.now) }
            for number in 1...UInt64(10) { rounds.book.addCandidate(Node(number).contact, now: rounds.now) }
            let few = Set((1...UInt64(10)).map { Node($0).id })
            for target in rounds.dials() {
                if few.contains(target.id) { dialed.few += 1 } else { dialed.crowded += 1 }
            }
        }
        #expect(dialed.few > 4 * dialed.crowded, "\(dialed): ten ranges with a node each, and one with two hundred")
    }

    @Test func ofARangeOnlySoManyAreDialedUntilTheyBringBlocks() {
        var rounds = Rounds(PeerLimits(maxPeers: 36))
        for subnet in 1...UInt64(20) {
            rounds.book.addCandidate(Node(100 + subnet, ip: "34.5.\(subnet).1").contact, now: rounds.now)
        }
        let targets = rounds.dials()
        #expect(targets.count == 3, "a quarter of twelve slots")
        for target in targets { #expect(rounds.complete(target) == nil) }
        #expect(rounds.dials(after: .seconds(31)).isEmpty)
        rounds.book.credit(.firstTransaction, to: targets[0].connection, now: rounds.now)
        #expect(rounds.dials(after: .seconds(31)).isEmpty, "transactions can be bought")
        rounds.book.credit(.firstBlock, to: targets[0].connection, now: rounds.now)
        #expect(rounds.dials(after: .seconds(31)).count == 1)
    }

    @Test func halfOfTheDialedSlotsAreForThoseThatHaveBroughtBlocks() {
        var rounds = Rounds(PeerLimits(maxPeers: 12))
        Self.meet(Node(1), Node(2), Node(3), Node(4), in: &rounds)
        for number in 10...UInt64(40) { rounds.book.addCandidate(Node(number).contact, now: rounds.now) }
        let useful = Set((1...UInt64(4)).map { Node($0).id })
        let targets = rounds.dials(after: .seconds(60))
        #expect(targets.count == 8)
        #expect(targets.prefix(2).allSatisfy { useful.contains($0.id) }, "two of four slots")
        #expect(!targets.dropFirst(2).contains { useful.contains($0.id) }, "the others are for whoever is drawn")
    }

    @Test func aNodeThatWasOfUseIsDialedAgainWithinSeconds() throws {
        var rounds = Rounds()
        let node = Node(1)
        rounds.book.addCandidate(node.contact, now: rounds.now)
        for (merit, isSoon) in [(Merit.firstTransaction, false), (.firstBlock, true)] {
            let target = try #require(rounds.dials(after: .seconds(60)).first)
            #expect(rounds.complete(target) == nil)
            rounds.now = rounds.now + .seconds(40)
            rounds.book.credit(merit, to: target.connection, now: rounds.now)
            rounds.book.disconnected(target.connection, .network, now: rounds.now)
            #expect(rounds.dials(after: .milliseconds(4_999)).isEmpty)
            let again = rounds.dials(after: .milliseconds(1))
            #expect(again.count == (isSoon ? 1 : 0))
        }
    }

    @Test func aFloodFromOneRangePushesOutItself() {
        var limits = PeerLimits(maxPeers: 3)
        limits.maxCandidates = 50
        limits.dialRatio = 0
        var rounds = Rounds(limits)
        for number in 1...UInt64(20) { rounds.book.addCandidate(Node(number).contact, now: rounds.now) }
        for number in 0..<UInt64(500) { rounds.book.addCandidate(Self.hostile(number).contact, now: rounds.now) }
        rounds.collect()
        let honest = Set((1...UInt64(20)).map { Node($0).id })
        let lost = rounds.events.count { event in
            if case .candidateDropped(let id, .pushedOut) = event { honest.contains(id) } else { false }
        }
        #expect(rounds.book.candidateCount == 50)
        #expect(lost <= 2, "\(lost) of twenty")
    }

    // MARK: Slots of those who dial this node

    @Test func aRangeThatHasManyGivesWayToOneThatHasFewer() {
        var rounds = Rounds(PeerLimits(maxPeers: 6))
        for number in 0..<UInt64(4) {
            #expect(rounds.accept(Node(100 + number, ip: "34.70.\(number).1")).reason == nil)
        }
        #expect(rounds.accept(Node(200, ip: "34.70.9.1")).reason == .tooManyPeers, "it has as many")
        #expect(rounds.accept(Node(1)).reason == nil)
        #expect(rounds.accept(Node(2)).reason == nil)
        #expect(Self.rotated(rounds) == [Node(100).id, Node(101).id], "the oldest first")
        #expect(rounds.accept(Node(3)).reason == nil)
        #expect(rounds.accept(Node(4)).reason == .tooManyPeers, "every range has one now")
    }

    @Test func whoHasBroughtSomethingDoesNotPayForHisRange() {
        var rounds = Rounds(PeerLimits(maxPeers: 6))
        for number in 0..<UInt64(4) {
            let peer = rounds.accept(Node(100 + number, ip: "34.70.\(number).1"))
            rounds.book.credit(.firstTransaction, to: peer.connection, now: rounds.now)
        }
        #expect(rounds.accept(Node(1)).reason == .tooManyPeers)
        #expect(Self.rotated(rounds).isEmpty)
    }

    @Test(arguments: [Merit.firstBlock, .firstTransaction]) func whoWasOfUseBeforeGetsASlotAtOnce(merit: Merit) {
        var rounds = Rounds(PeerLimits(maxPeers: 6))
        Self.meet(Node(1), in: &rounds, credit: merit)
        let peers = rounds.fill(4)
        rounds.book.credit(.firstTransaction, to: peers[0], now: rounds.now)
        #expect(rounds.accept(Node(2)).reason == .tooManyPeers)
        #expect(rounds.accept(Node(1)).reason == nil)
        #expect(Self.rotated(rounds) == [Node(201).id], "the oldest that has brought nothing")
    }

    @Test func whoWasOfUseAndIsIdleNowHasUsedItUp() {
        var rounds = Rounds(PeerLimits(maxPeers: 6))
        Self.meet(Node(1), in: &rounds)
        _ = rounds.fill(3)
        #expect(rounds.accept(Node(1)).reason == nil)
        rounds.now = rounds.now + .seconds(31)
        for number in UInt64(200)..<203 { rounds.book.addTrusted(Node(number).id, now: rounds.now) }
        #expect(rounds.accept(Node(2)).reason == nil)
        #expect(Self.rotated(rounds) == [Node(1).id])
        rounds.now = rounds.now + .seconds(31)
        for number in UInt64(2)...2 { rounds.book.addTrusted(Node(number).id, now: rounds.now) }
        #expect(rounds.accept(Node(1)).reason == .tooManyPeers)
    }

    @Test func aSubnetThatHasIdledPushesNobodyOut() {
        var limits = PeerLimits(maxPeers: 6)
        limits.idlerShare = 1
        var rounds = Rounds(limits)
        _ = rounds.fill(4)
        rounds.now = rounds.now + .seconds(31)
        #expect(rounds.accept(Node(1)).reason == nil)
        #expect(Self.rotated(rounds) == [Node(200).id])
        rounds.now = rounds.now + .seconds(31)
        #expect(rounds.accept(Node(300, ip: "34.200.0.77")).reason == .tooManyPeers, "another node of that subnet")
        #expect(rounds.accept(Node(2)).reason == nil)
        rounds.now = rounds.now + .seconds(601)
        #expect(rounds.accept(Node(301, ip: "34.200.0.78")).reason == nil, "for ten minutes")
    }

    @Test func amongPeersThatBringNothingDialedOnesGoSoon() {
        for brings in [false, true] {
            var rounds = Rounds(PeerLimits(maxPeers: 24))
            for number in 1...UInt64(8) { rounds.book.addCandidate(Node(number).contact, now: rounds.now) }
            let targets = rounds.dials()
            for target in targets { #expect(rounds.complete(target) == nil) }
            if brings { rounds.book.credit(.firstBlock, to: targets[0].connection, now: rounds.now) }
            rounds.now = rounds.now + .seconds(10)
            rounds.book.deadlineReached(now: rounds.now)
            #expect(rounds.book.dialedCount == (brings ? 8 : 6))
        }
    }

    // MARK: Restarts

    @Test func anchorsAreThoseThatBroughtBlocksAndStayUntilOthersDo() {
        var rounds = Rounds()
        for number in 1...UInt64(3) {
            rounds.book.addCandidate(Node(number).contact, now: rounds.now)
            for target in rounds.dials(after: .seconds(1)) {
                #expect(rounds.complete(target) == nil)
                if target.id == Node(2).id {
                    rounds.book.credit(.firstBlock, to: target.connection, now: rounds.now)
                }
            }
        }
        #expect(rounds.book.anchors(now: rounds.now).map(\.id) == [2, 1, 3].map { Node($0).id })
        // Killed at once, and surrounded when it is back.
        var next = Rounds(seed: 2)
        next.now = rounds.now + .seconds(2)
        #expect(next.book.restore(rounds.book.memory(now: rounds.now), now: next.now).isEmpty)
        for target in next.dials() { next.book.dialFailed(target.connection, now: next.now) }
        for number in 10...UInt64(20) { next.book.addCandidate(Node(number).contact, now: next.now) }
        for target in next.dials() { #expect(next.complete(target) == nil) }
        next.now = next.now + .seconds(40)
        var last = Rounds(seed: 3)
        #expect(last.book.restore(next.book.memory(now: next.now), now: next.now).isEmpty)
        last.now = next.now
        #expect(last.dials().first?.id == Node(2).id)
    }
}
