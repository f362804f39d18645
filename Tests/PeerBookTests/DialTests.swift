import DevP2P
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Testing

@Suite struct DialTests {
    @Test func aCandidateIsDialedAtOnce() {
        var rounds = Rounds()
        rounds.book.addCandidate(Node(1).contact, now: rounds.now)
        let targets = rounds.dials()
        #expect(targets.map(\.id) == [Node(1).id])
        #expect(targets.first?.endpoint == Endpoint("34.1.0.1:30303"))
        #expect(rounds.book.dialingCount == 1)
        // Not again while the dial is under way.
        #expect(rounds.dials(after: .seconds(100)).isEmpty)
    }

    @Test func dialsAreTwiceTheFreeSlots() {
        var rounds = Rounds(PeerLimits(maxPeers: 9))
        for number in 1...20 { rounds.book.addCandidate(Node(UInt64(number)).contact, now: rounds.now) }
        let first = rounds.dials()
        #expect(first.count == 6, "three dialed peers are wanted")
        #expect(rounds.complete(first[0]) == nil)
        #expect(rounds.complete(first[1]) == nil)
        #expect(rounds.dials().isEmpty, "four dials are still under way for one slot")
        for target in first[2...] { rounds.book.dialFailed(target.connection, now: rounds.now) }
        let second = rounds.dials()
        #expect(second.count == 2)
        #expect(Set(second.map(\.id)).isDisjoint(with: first.map(\.id)))
        #expect(rounds.complete(second[0]) == nil)
        #expect(rounds.book.dialedCount == 3)
        #expect(rounds.dials().isEmpty, "all dialed slots are taken")
        // A peer that leaves makes room.
        rounds.book.disconnected(second[0].connection, .network, now: rounds.now)
        #expect(rounds.dials().count == 1, "one of two dials was under way already")
    }

    @Test func candidatesThatAreNoneAreRefused() {
        let local = Node(0)
        var rounds = Rounds(local: local)
        #expect(rounds.book.addCandidate(local.contact, now: rounds.now) == .isSelf)
        #expect(rounds.book.addCandidate(Node(1, port: 0).contact, now: rounds.now) == .notDialable)
        #expect(rounds.book.addCandidate(Node(1, ip: "0.0.0.0").contact, now: rounds.now) == .notDialable)
        #expect(rounds.book.addCandidate(Node(1, ip: "224.0.0.1").contact, now: rounds.now) == .notDialable)
        #expect(rounds.book.candidateCount == 0)
        #expect(rounds.dials().isEmpty)
    }

    /// Each row: how a dial ends, and the seconds after which the node is dialed again (with up to an eighth of jitter).
    @Test(
        arguments: [
            (nil, "34.0.1.1", 35.0), (nil, "127.0.0.1", 1), (.remote(.tooManyPeers), "34.0.1.1", 60),
            (.remote(.tooManyPeers), "10.1.2.3", 2), (.remote(.uselessPeer), "34.0.1.1", 900),
            (.remote(.incompatibleVersion), "127.0.0.1", 60), (.timeout(.handshake), "34.0.1.1", 60),
            (.timeout(.hello), "127.0.0.1", 2), (.remote(.quitting), "34.0.1.1", 35),
            (.remote(.alreadyConnected), "127.0.0.1", 0.5), (.remote(nil), "127.0.0.1", 1),
            (.local(.unexpectedIdentity), "34.0.1.1", 3600),
        ] as [(CloseCause?, String, Double)])
    func backOffDependsOnTheFailure(cause: CloseCause?, ip: String, seconds: Double) {
        var rounds = Rounds()
        rounds.book.addCandidate(Node(1, ip: ip).contact, now: rounds.now)
        let target = rounds.dials()[0]
        if let cause {
            rounds.book.disconnected(target.connection, cause, now: rounds.now)
        } else {
            rounds.book.dialFailed(target.connection, now: rounds.now)
        }
        let nanoseconds = Int64(seconds * 1e9)
        #expect(rounds.dials(after: .nanoseconds(nanoseconds - 1)).isEmpty)
        #expect(rounds.dials(after: .nanoseconds(nanoseconds / 8 + 1)).count == 1)
    }

    /// This machine had no socket for the dial, however often: the node is no worse for it. A contact that is hearsay stays
    /// too, which one failure would drop.
    @Test func aDialThatWasNotMadeCountsForNothing() {
        var rounds = Rounds()
        rounds.book.addCandidate(Node(1).contact, now: rounds.now)
        rounds.book.addCandidate(Node(2).contact, from: .hearsay(by: Node(3).id), now: rounds.now)
        for _ in 0..<20 {
            let targets = rounds.dials()
            #expect(targets.count == 2 && rounds.book.dialingCount == 2)
            for target in targets { rounds.book.dialPostponed(target.connection, now: rounds.now) }
            #expect(rounds.book.dialingCount == 0)
            #expect(rounds.dials(after: .seconds(9)).isEmpty)
            rounds.now = rounds.now + .seconds(1)
        }
        // As after the first failure.
        let target = rounds.dials().first { $0.id == Node(1).id }
        if let target { rounds.book.dialFailed(target.connection, now: rounds.now) }
        #expect(rounds.dials(after: .seconds(40)).contains { $0.id == Node(1).id })
    }

    @Test func backOffDoublesUntilTheNodeIsGivenUp() {
        var rounds = Rounds()
        let node = Node(1)
        rounds.book.addCandidate(node.contact, now: rounds.now)
        var waits: [Double] = []
        for _ in 0..<8 {
            let before = rounds.now
            while rounds.book.dialingCount == 0, rounds.now - before < .seconds(10_000) {
                if let target = rounds.dials(after: .seconds(1)).first {
                    waits.append((rounds.now - before).inSeconds)
                    rounds.book.dialFailed(target.connection, now: rounds.now)
                    break
                }
            }
        }
        #expect(waits.count == 8)
        for (wait, expected) in zip(waits.dropFirst(), [35, 70, 140, 280, 560, 1120, 2240]) {
            #expect((Double(expected)...Double(expected) * 1.125 + 1).contains(wait))
        }
        rounds.collect()
        #expect(rounds.book.candidateCount == 0)
        #expect(rounds.events.contains(.candidateDropped(node.id, .givenUp(failures: 8))))
        // Found again, it still waits for what its failures have cost it.
        rounds.book.addCandidate(node.contact, now: rounds.now)
        #expect(rounds.dials(after: .seconds(3500)).isEmpty)
        #expect(rounds.dials(after: .seconds(800)).count == 1)
    }

    @Test func theDeadlineIsWhenACandidateBecomesReady() throws {
        var rounds = Rounds()
        rounds.book.addCandidate(Node(1, ip: "127.0.0.1").contact, now: rounds.now)
        rounds.book.dialFailed(rounds.dials()[0].connection, now: rounds.now)
        let deadline = try #require(rounds.book.deadline)
        let second = Duration.seconds(1)
        #expect(deadline >= rounds.now + second && deadline < rounds.now + second + .milliseconds(125))
        rounds.book.deadlineReached(now: deadline)
        let next = try #require(rounds.book.deadline)
        #expect(next > rounds.now + .seconds(100), "only the rotation is left")
        rounds.now = deadline
        #expect(rounds.dials().count == 1)
    }

    @Test func staticNodesComeFirstAndComeBack() throws {
        var rounds = Rounds(PeerLimits(maxPeers: 3))
        for number in 10..<30 { rounds.book.addCandidate(Node(UInt64(number)).contact, now: rounds.now) }
        let friend = Node(1)
        rounds.book.addStatic(friend.contact, now: rounds.now)
        let targets = rounds.dials()
        #expect(targets.first?.id == friend.id && targets.first?.isStatic == true)
        #expect(rounds.complete(targets[0]) == nil)
        // Whatever it says, it is dialed again after 35 s, and never given up.
        var connection = targets[0].connection
        for _ in 0..<12 {
            rounds.book.disconnected(connection, .remote(.uselessPeer), now: rounds.now)
            #expect(!rounds.dials(after: .seconds(34)).contains { $0.id == friend.id })
            let again = try #require(rounds.dials(after: .seconds(2)).first { $0.id == friend.id })
            connection = again.connection
        }
    }

    @Test func aStaticNodeThatIsRemovedIsDisconnected() {
        var rounds = Rounds()
        rounds.book.addStatic(Node(1).contact, now: rounds.now)
        let target = rounds.dials()[0]
        #expect(rounds.complete(target) == nil)
        rounds.book.removeStatic(Node(1).id, now: rounds.now)
        rounds.collect()
        #expect(rounds.disconnects.map(\.0) == [target.connection])
        #expect(rounds.book.peerCount == 0)
        #expect(rounds.dials(after: .seconds(4000)).isEmpty)
    }

    @Test func oneSubnetDoesNotGetAllSlots() {
        var limits = PeerLimits(maxPeers: 90)
        limits.maxPeersPerSubnet = 4
        limits.maxDialedPerSubnet = 5
        var rounds = Rounds(limits)
        for number in 1...20 {
            rounds.book.addCandidate(Node(UInt64(number), ip: "34.5.6.\(number)").contact, now: rounds.now)
        }
        #expect(rounds.dials().count == 4)
        for number in 31...50 {
            rounds.book.addCandidate(Node(UInt64(number), ip: "10.5.6.\(number)").contact, now: rounds.now)
        }
        #expect(rounds.dials().count == 20, "a local network is exempt")
    }

    @Test func oneSubnetGetsFewDialedSlots() {
        var rounds = Rounds(PeerLimits(maxPeers: 90))
        // Whoever dials from there takes no slot of those that are dialed.
        for number in UInt64(101)...103 {
            #expect(rounds.accept(Node(number, ip: "34.5.6.\(number)")).reason == nil)
        }
        for number in UInt64(1)...20 {
            rounds.book.addCandidate(Node(number, ip: "34.5.6.\(number)").contact, now: rounds.now)
        }
        let targets = rounds.dials()
        #expect(targets.count == 2)
        #expect(rounds.complete(targets[0]) == nil)
        #expect(rounds.dials(after: .seconds(60)).isEmpty, "one is connected, one is being dialed")
        rounds.book.disconnected(targets[0].connection, .network, now: rounds.now)
        #expect(rounds.dials(after: .seconds(60)).count == 1)
        rounds.book.addStatic(Node(21, ip: "34.5.6.21").contact, now: rounds.now)
        #expect(rounds.dials().count == 1, "the operator knows what he does")
    }

    @Test func theOldestAnchorsAreKept() {
        var rounds = Rounds()
        var ids: [NodeID] = []
        for number in 1...4 {
            rounds.book.addCandidate(Node(UInt64(number)).contact, now: rounds.now)
            for target in rounds.dials(after: .seconds(1)) where rounds.complete(target) == nil {
                ids.append(target.id)
            }
        }
        #expect(rounds.accept(Node(9)).reason == nil)
        #expect(rounds.book.anchors(now: rounds.now).prefix(3).map(\.id) == Array(ids.prefix(3)))
        #expect(rounds.book.anchors(now: rounds.now).count == 4, "who dialed us is no anchor")
    }

    @Test func candidatesAreBounded() {
        var limits = PeerLimits(maxPeers: 3)
        limits.maxCandidates = 50
        limits.maxDialRecords = 20
        var rounds = Rounds(limits)
        for number in 1...400 {
            rounds.book.addCandidate(Node(UInt64(number)).contact, now: rounds.now)
            for target in rounds.dials(after: .seconds(1)) {
                rounds.book.dialFailed(target.connection, now: rounds.now)
            }
            #expect(rounds.book.candidateCount <= 50)
        }
        #expect(rounds.book.candidateCount == 50)
    }

    @Test func sameSeedSameDecisions() {
        func run() -> [PeerBookEffect] {
            var rounds = Rounds(PeerLimits(maxPeers: 12), seed: 5)
            for number in 1...60 {
                rounds.book.addCandidate(Node(UInt64(number)).contact, now: rounds.now)
                for target in rounds.dials(after: .milliseconds(300)) {
                    if target.id.hash.prefix64 % 3 == 0 {
                        rounds.book.dialFailed(target.connection, now: rounds.now)
                    } else {
                        _ = rounds.complete(target)
                    }
                }
            }
            return rounds.effects
        }
        #expect(run() == run())
    }
}
