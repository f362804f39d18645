import DevP2P
import SansIO
import Testing
import Topics

@Suite("A topic's messages: publish, have, want, dontWant")
struct TopicMessageTests {
    /// Eight in the mesh, the others outside.
    func rounds(peers: Int = 12, _ change: (inout TopicLimits) -> Void = { _ in }) -> MeshRounds {
        var rounds = MeshRounds { limits in
            limits.outboundDegree = 0
            change(&limits)
        }
        for number in 1...peers { rounds.join(number) }
        _ = rounds.words()
        return rounds
    }

    @Test func aMessageGoesToTheMeshOnceItIsAccepted() {
        var rounds = rounds()
        #expect(
            rounds.mesh.received(MeshRounds.id(1), bytes: 9, topic: 0, from: MeshRounds.peer(3), now: rounds.now)
                == .new)
        #expect(rounds.words().isEmpty, "not before")
        #expect(rounds.message(1, from: 4) == .duplicate)
        rounds.mesh.validated(MeshRounds.id(1), .later)
        #expect(rounds.words().isEmpty)
        rounds.mesh.validated(MeshRounds.id(1), .accept)
        #expect(rounds.words() == ["send [1, 2, 5, 6, 7, 8]"], "to neither of those who have it")
        rounds.mesh.validated(MeshRounds.id(1), .accept)
        #expect(rounds.words().isEmpty)
        #expect(rounds.mesh.score(of: MeshRounds.peer(3)) == 1 && rounds.mesh.score(of: MeshRounds.peer(4)) == 0)
    }

    @Test func ignoredAndRejectedMessagesStay() {
        var rounds = rounds()
        rounds.message(1, from: 3, .ignore)
        #expect(rounds.words().isEmpty && rounds.mesh.score(of: MeshRounds.peer(3)) == 0)
        rounds.message(2, from: 3, .reject)
        #expect(rounds.words() == ["3! invalidMessage"])
        rounds.wait(.seconds(1))
        #expect(rounds.words() == ["prune 3 for 60"], "out of the mesh")
        #expect(rounds.message(2, from: 4) == .duplicate)
        for id in 10...12 { rounds.message(id, from: 3, .reject) }
        #expect(rounds.message(13, from: 3) == .ignored, "what is far below zero isn't listened to")
    }

    @Test func ownMessagesGoToAll() {
        var rounds = rounds()
        rounds.mesh.publish(MeshRounds.id(1), bytes: 9, topic: 0, now: rounds.now)
        #expect(rounds.words() == ["send \(Array(1...12))"])
        #expect(rounds.message(1, from: 3) == .duplicate)
        rounds.mesh.publish(MeshRounds.id(1), bytes: 9, topic: 0, now: rounds.now)
        #expect(rounds.words().isEmpty)
    }

    @Test("peers outside the mesh are told by have, and may ask once")
    func have() {
        var rounds = rounds()
        rounds.message(1, from: 3)
        _ = rounds.words()
        rounds.wait(.seconds(1))
        #expect(Set(rounds.words()) == ["have 1 9", "have 1 10", "have 1 11", "have 1 12"])
        rounds.wait(.seconds(1))
        #expect(rounds.words().isEmpty, "once")
        rounds.mesh.receivedWant([MeshRounds.id(1), MeshRounds.id(2)], from: MeshRounds.peer(9))
        #expect(rounds.words() == ["send [9]"])
        rounds.mesh.receivedWant([MeshRounds.id(1)], from: MeshRounds.peer(9))
        #expect(rounds.words().isEmpty)
        rounds.wait(.seconds(11))
        #expect(rounds.words() == ["forget"])
        rounds.mesh.receivedWant([MeshRounds.id(1)], from: MeshRounds.peer(10))
        #expect(rounds.words().isEmpty)
    }

    @Test func aMessageThatIsntImportedYetIsOnlyPushed() {
        var rounds = rounds()
        _ = rounds.mesh.received(MeshRounds.id(1), bytes: 9, topic: 0, from: MeshRounds.peer(3), now: rounds.now)
        rounds.mesh.validated(MeshRounds.id(1), .accept, isAnnounced: false)
        #expect(rounds.words().count == 1)
        rounds.wait(.seconds(2))
        #expect(rounds.words().isEmpty)
        rounds.mesh.announce(MeshRounds.id(1))
        rounds.wait(.seconds(1))
        #expect(rounds.words().count == 4)
    }

    /// A message that had to be asked for wasn't brought by the mesh: others wait for it too, and hear of it at once.
    @Test("a message that had to be asked for is announced without waiting for a heartbeat")
    func urgent() {
        for isAsked in [true, false] {
            var rounds = rounds(peers: 20)
            if isAsked { rounds.have([1], from: 9) }
            rounds.wait(.milliseconds(200))
            _ = rounds.words()
            _ = rounds.mesh.received(
                MeshRounds.id(1), bytes: 9, topic: 0, from: MeshRounds.peer(9), now: rounds.now)
            rounds.mesh.validated(MeshRounds.id(1), .accept, isAnnounced: false)
            rounds.mesh.announce(MeshRounds.id(1))
            rounds.wait(.milliseconds(1))
            #expect(rounds.words().contains { $0.hasPrefix("have") } == isAsked)
        }
    }

    @Test("an announced message is asked for after 150 ms, unless it comes by itself")
    func announced() {
        var rounds = rounds()
        rounds.have([1, 2], from: 9)
        rounds.wait(.milliseconds(149))
        rounds.message(2, from: 1)
        _ = rounds.words()
        rounds.wait(.milliseconds(1))
        #expect(rounds.words() == ["want 1 9"])
        rounds.message(1, from: 9)
        #expect(rounds.words() == ["send \(Array(1...8))"])
        rounds.wait(.seconds(8))
        #expect(!rounds.words().contains { $0.hasSuffix("brokenPromise") })
    }

    @Test("who announces and doesn't deliver commits an offence, leaves the mesh, and others are asked")
    func brokenPromise() {
        var rounds = rounds()
        rounds.have([1], from: 1)
        rounds.wait(.milliseconds(150))
        #expect(rounds.words() == ["want 1 1"])
        rounds.have([1], from: 2)
        rounds.wait(TopicLimits().wantInterval)
        #expect(rounds.words() == ["want 1 2"], "the first one may still respond")
        rounds.wait(TopicLimits().wantInterval)
        #expect(rounds.words().filter { !$0.hasPrefix("prune") } == ["1! brokenPromise"])
        // The next heartbeat.
        rounds.wait(.milliseconds(900))
        #expect(!rounds.neighbours.contains(1))
        rounds.leave(2)
        rounds.wait(.seconds(5))
        #expect(rounds.mesh.score(of: MeshRounds.peer(2)) == 0)
        #expect(!rounds.words().contains { $0.hasPrefix("want") }, "nobody is left who has it")
    }

    @Test("where many announce and don't deliver, more are asked each time, the dialed ones first")
    func moreAreAskedEachTime() {
        var rounds = rounds(peers: 40)
        for number in 1...40 { rounds.have([1], from: number) }
        func asked(after duration: Duration) -> Set<Int> {
            rounds.wait(duration)
            return Set(
                rounds.words().filter { $0.hasPrefix("want 1 ") }.compactMap { Int($0.split(separator: " ")[2]) })
        }
        let first = asked(after: .milliseconds(150))
        let second = asked(after: TopicLimits().wantInterval)
        let third = asked(after: TopicLimits().wantInterval)
        #expect((first.count, second.count, third.count) == (2, 8, 30))
        #expect(first.isDisjoint(with: second) && third.isDisjoint(with: first.union(second)))
        // It comes from one who was asked before the last ones: nobody else is asked, and nobody has broken a promise.
        rounds.message(1, from: second.min() ?? 0)
        _ = rounds.words()
        rounds.wait(.seconds(5))
        #expect(!rounds.words().contains { $0.hasPrefix("want") || $0.hasSuffix("brokenPromise") })
    }

    @Test("when the peer that was asked leaves, another one is asked at once")
    func askedPeerLeaves() {
        var rounds = rounds()
        for number in 9...11 { rounds.have([1], from: number) }
        rounds.wait(.milliseconds(150))
        let asked = rounds.words().compactMap { Int($0.split(separator: " ")[2]) }
        #expect(asked.count == 2)
        for number in asked { rounds.leave(number) }
        rounds.wait(.milliseconds(1))
        #expect(rounds.words() == ["want 1 \(30 - asked.reduce(0, +))"])
    }

    @Test("a dontWant goes to the mesh for large messages only")
    func dontWant() {
        var rounds = rounds()
        _ = rounds.mesh.received(MeshRounds.id(1), bytes: 1023, topic: 0, from: MeshRounds.peer(1), now: rounds.now)
        #expect(rounds.words().isEmpty)
        _ = rounds.mesh.received(MeshRounds.id(2), bytes: 1024, topic: 0, from: MeshRounds.peer(1), now: rounds.now)
        #expect(rounds.words() == ["dontWant [2, 3, 4, 5, 6, 7, 8]"])
    }

    @Test("a message isn't sent to a peer that has refused it by dontWant")
    func refused() {
        var rounds = rounds()
        rounds.mesh.receivedDontWant([MeshRounds.id(1)], from: MeshRounds.peer(2))
        rounds.message(1, from: 1)
        #expect(rounds.words() == ["send \(Array(3...8))"])
        _ = rounds.mesh.received(MeshRounds.id(2), bytes: 9, topic: 0, from: MeshRounds.peer(1), now: rounds.now)
        rounds.mesh.receivedDontWant([MeshRounds.id(2)], from: MeshRounds.peer(8))
        rounds.mesh.validated(MeshRounds.id(2), .accept)
        #expect(rounds.words() == ["send \(Array(2...7))"])
        // It is forgotten after a while.
        rounds.mesh.receivedDontWant([MeshRounds.id(3)], from: MeshRounds.peer(2))
        rounds.wait(.seconds(9))
        _ = rounds.words()
        rounds.message(3, from: 1)
        #expect(rounds.words() == ["send \(Array(2...8))"])
    }

    @Test("a flood of announcements, requests or refusals is spam, and ends the membership of the mesh")
    func floods() {
        let ids = (0..<1_024).map { MeshRounds.id(1000 + $0) }
        for (kind, allowed) in [(0, 2), (1, 1), (2, 1)] {
            var rounds = rounds()
            for round in 0...allowed {
                switch kind {
                case 0: rounds.mesh.receivedHave(ids, topic: 0, from: MeshRounds.peer(1), now: rounds.now)
                case 1: rounds.mesh.receivedWant(ids, from: MeshRounds.peer(1))
                default: rounds.mesh.receivedDontWant(ids, from: MeshRounds.peer(1))
                }
                #expect(rounds.words() == (round == allowed ? ["1! spam"] : []))
            }
            rounds.wait(.seconds(1))
            #expect(!rounds.neighbours.contains(1))
        }
        var rounds = rounds()
        for _ in 0..<64 { rounds.have([], from: 1) }
        #expect(rounds.words().isEmpty)
        rounds.have([], from: 1)
        #expect(rounds.words() == ["1! spam"])
    }

    @Test func memoryIsBounded() {
        var rounds = rounds { limits in
            limits.maxCached = 10
            limits.maxCachedBytes = 1000
            limits.maxWanted = 20
            limits.maxWantedPerPeer = 8
        }
        for id in 0..<30 { rounds.message(id, from: 1, bytes: 10) }
        #expect(rounds.words().count { $0 == "forget" } == 20)
        rounds.message(100, from: 1, bytes: 999)
        rounds.message(101, from: 1, bytes: 999)
        #expect(rounds.words().count { $0 == "forget" } == 11)
        _ = rounds.words()
        rounds.have(Array(200..<300), from: 9)
        rounds.wait(.milliseconds(150))
        #expect(rounds.words().filter { $0.hasPrefix("want") } == ["want 8 9"])
    }

    @Test("the bytes that one peer gets by want between heartbeats are bounded")
    func servedBytes() {
        var rounds = rounds { $0.maxServedBytes = 2_000 }
        for id in 0..<8 { rounds.message(id, from: 1, bytes: 1_000) }
        _ = rounds.words()
        rounds.mesh.receivedWant((0..<8).map(MeshRounds.id), from: MeshRounds.peer(9))
        #expect(rounds.words().count == 2)
        rounds.wait(.seconds(1))
        _ = rounds.words()
        rounds.mesh.receivedWant((0..<8).map(MeshRounds.id), from: MeshRounds.peer(9))
        #expect(rounds.words().count == 2)
    }

    @Test("a mesh that keeps quiet while others have the news is replaced")
    func silentMesh() {
        var rounds = rounds()
        for number in 1...8 { #expect(rounds.neighbours.contains(number)) }
        for id in 1...4 {
            rounds.have([id], from: 9)
            rounds.wait(.milliseconds(200))
            rounds.message(id, from: 9)
            rounds.wait(.milliseconds(2800))
        }
        #expect(rounds.neighbours.contains(9) && !rounds.neighbours.contains(1))
        #expect(!rounds.words().contains { $0.contains("!") }, "it is no offence")
    }

    @Test("one message from outside the mesh, or one broken promise, is soon forgotten")
    func tolerance() {
        var rounds = rounds()
        rounds.have([1], from: 9)
        rounds.wait(.milliseconds(200))
        rounds.message(1, from: 9)
        rounds.wait(.seconds(5))
        #expect(rounds.neighbours == Array(1...8))
        rounds.have([2], from: 1)
        rounds.wait(.seconds(4))
        #expect(!rounds.neighbours.contains(1) && rounds.mesh.score(of: MeshRounds.peer(1)) < 0)
        rounds.wait(.seconds(70))
        #expect(rounds.mesh.score(of: MeshRounds.peer(1)) == 0)
    }

    @Test func theDeadlineIsNilWithoutPeers() {
        var rounds = MeshRounds()
        #expect(rounds.mesh.deadline == nil)
        rounds.join(1)
        #expect(rounds.mesh.deadline != nil)
        rounds.leave(1)
        #expect(rounds.mesh.deadline == nil)
        _ = rounds.words()
        rounds.mesh.publish(MeshRounds.id(1), bytes: 9, topic: 0, now: rounds.now)
        rounds.wait(.seconds(20))
        #expect(rounds.words() == ["forget"] && rounds.mesh.deadline == nil)
    }
}
