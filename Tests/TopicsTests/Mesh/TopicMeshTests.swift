import DevP2P
import SansIO
import Testing
import Topics

@Suite("A topic's mesh: who is in it")
struct TopicMeshTests {
    @Test func peersOfTheTopicAreGraftedUpToTheDegree() {
        var rounds = MeshRounds()
        rounds.join(1, subscribes: false)
        #expect(rounds.words().isEmpty)
        for number in 2...12 { rounds.join(number) }
        #expect(rounds.words() == (2...9).map { "graft \($0)" })
        #expect(rounds.neighbours == Array(2...9))
        rounds.mesh.peerUnsubscribed(MeshRounds.peer(2), from: 0)
        rounds.mesh.peerUnsubscribed(MeshRounds.peer(3), from: 0)
        rounds.wait(.seconds(1))
        #expect(rounds.words().isEmpty, "six are enough")
        rounds.leave(4)
        rounds.wait(.seconds(1))
        let words = rounds.words()
        #expect(words.count == 3 && words.allSatisfy { ["graft 10", "graft 11", "graft 12"].contains($0) })
    }

    @Test func aFullMeshTakesGraftsOnlyOfPeersThatWereDialed() {
        var rounds = MeshRounds()
        for number in 1...20 { rounds.join(number, isOutbound: number > 15) }
        _ = rounds.words()
        for number in 9...12 { rounds.graft(from: number) }
        #expect(rounds.words().isEmpty && rounds.neighbours.count == 12)
        rounds.graft(from: 13)
        #expect(rounds.words() == ["prune 13 for 60 instead 5"], "the dialed ones have known addresses")
        rounds.graft(from: 16)
        #expect(rounds.words().isEmpty && rounds.neighbours.contains(16))
        rounds.graft(from: 16)
        #expect(rounds.words().isEmpty, "it is in it")
    }

    @Test func aMeshThatIsTooLargeIsCutAndKeepsTheBestAndTheDialed() {
        var rounds = MeshRounds()
        for number in 1...14 { rounds.join(number, isOutbound: number > 12) }
        for number in 9...14 { rounds.graft(from: number) }
        #expect(rounds.neighbours.count == 14)
        for number in 1...4 { rounds.earn(5, by: number) }
        rounds.wait(.seconds(1))
        let words = rounds.words()
        #expect(words.count { $0.hasPrefix("prune") } == 6 && rounds.neighbours.count == 8)
        #expect(Set(rounds.neighbours).isSuperset(of: [1, 2, 3, 4, 13, 14]))
        #expect(words.contains { $0.hasSuffix("instead 2") })
    }

    @Test func dialedPeersAreSoughtEvenWhereThereAreEnough() {
        var rounds = MeshRounds()
        for number in 1...8 { rounds.join(number) }
        for number in 9...11 { rounds.join(number, isOutbound: true) }
        _ = rounds.words()
        rounds.wait(.seconds(1))
        #expect(rounds.words().filter { $0.hasPrefix("graft") }.count == 2)
        #expect(rounds.neighbours.count { $0 > 8 } == 2)
    }

    @Test func aBackOffIsKept() {
        var rounds = MeshRounds()
        rounds.join(1)
        _ = rounds.words()
        rounds.prune(from: 1, seconds: 20)
        #expect(rounds.neighbours.isEmpty)
        rounds.wait(.seconds(19))
        #expect(rounds.words().isEmpty)
        rounds.wait(.seconds(2))
        #expect(rounds.words() == ["graft 1"])
        // Nobody imposes more than ten minutes.
        rounds.prune(from: 1, seconds: 86_400)
        rounds.wait(.seconds(605))
        #expect(rounds.words() == ["graft 1"])
    }

    @Test(
        "grafting against the back-off ends the membership and is an offence; a graft that has crossed the prune isn't")
    func backoffBreach() {
        var rounds = MeshRounds()
        rounds.join(1)
        rounds.prune(from: 1)
        _ = rounds.words()
        rounds.wait(.seconds(2))
        rounds.graft(from: 1)
        #expect(rounds.words() == ["prune 1 for 60"])
        rounds.wait(.seconds(10))
        rounds.graft(from: 1)
        #expect(rounds.words() == ["1! backoffBreach", "prune 1 for 60"])
        #expect(rounds.mesh.score(of: MeshRounds.peer(1)) < 0)
        rounds.wait(.seconds(59))
        #expect(rounds.words().isEmpty, "the back-off began anew")
        // Coming back doesn't clear it.
        rounds.leave(1)
        rounds.join(1)
        rounds.wait(.seconds(5))
        #expect(rounds.words().isEmpty && rounds.neighbours.isEmpty)
    }

    @Test func aBackOffThatIsOverForTheOtherSideIsOver() {
        var rounds = MeshRounds()
        rounds.join(1)
        rounds.prune(from: 1, seconds: 20)
        _ = rounds.words()
        rounds.wait(.milliseconds(17_500))
        rounds.graft(from: 1)
        #expect(rounds.words().isEmpty && rounds.neighbours == [1])
    }

    @Test("a prune may have been lost with the connection: whoever grafts as it comes back is told again, and no more")
    func aPruneThatWasLost() {
        var rounds = MeshRounds()
        rounds.join(1)
        rounds.prune(from: 1)
        rounds.wait(.seconds(10))
        rounds.leave(1)
        rounds.join(1)
        _ = rounds.words()
        rounds.graft(from: 1)
        #expect(rounds.words() == ["prune 1 for 60"])
        rounds.wait(.seconds(10))
        rounds.graft(from: 1)
        #expect(rounds.words() == ["1! backoffBreach", "prune 1 for 60"])
    }

    @Test func contactsAreOnlyTakenFromPeersThatHaveDelivered() {
        var rounds = MeshRounds()
        rounds.join(1)
        rounds.join(2)
        rounds.earn(6, by: 2)
        let (stranger, friend) = (rounds.prune(from: 1), rounds.prune(from: 2))
        #expect(!stranger && friend)
    }

    @Test func leavingATopicPrunesItsMesh() {
        var rounds = MeshRounds()
        for number in 1...3 { rounds.join(number) }
        _ = rounds.words()
        rounds.mesh.leave(0, now: rounds.now)
        #expect(rounds.words() == ["prune 1 for 10", "prune 2 for 10", "prune 3 for 10"])
        rounds.graft(from: 1)
        #expect(rounds.words().isEmpty)
        #expect(rounds.message(1, from: 2) == .ignored)
    }

    @Test func aMeshThatBringsLittleGetsBetterPeers() {
        var rounds = MeshRounds()
        for number in 1...12 { rounds.join(number) }
        #expect(rounds.neighbours == Array(1...8))
        // What outsiders bring counts as well: by publishing, or when asked.
        for number in 9...12 { rounds.earn(10, by: number) }
        rounds.wait(.seconds(31))
        #expect(rounds.neighbours.count == 10 && rounds.neighbours.count { $0 > 8 } == 2)
    }

    @Test func theNumberOfPeersIsBounded() {
        var rounds = MeshRounds()
        for number in 1...600 { rounds.join(number) }
        #expect(rounds.mesh.knows(MeshRounds.peer(512)) && !rounds.mesh.knows(MeshRounds.peer(513)))
        #expect(rounds.message(1, from: 513) == .ignored)
        rounds.leave(7)
        rounds.join(601)
        #expect(rounds.mesh.knows(MeshRounds.peer(601)), "the slot is free again")
        rounds.leave(513)
    }
}
