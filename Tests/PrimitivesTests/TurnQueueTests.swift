import SansIO
import Testing

@Suite("Queues with a share for each owner")
struct TurnQueueTests {
    private func queue(maxCount: Int = 6, maxBytes: Int = 100, shareCount: Int = 4, shareBytes: Int = 60)
        -> TurnQueue<Int, String>
    {
        TurnQueue(
            limits: .init(maxCount: maxCount, maxBytes: maxBytes, shareCount: shareCount, shareBytes: shareBytes))
    }

    private func drain(_ queue: inout TurnQueue<Int, String>) -> [String] {
        var all: [String] = []
        while let next = queue.popFirst() { all.append(next) }
        return all
    }

    @Test func ownersAreTakenInTurn() {
        var queue = queue()
        for (owner, element) in [(1, "a1"), (1, "a2"), (1, "a3"), (2, "b1"), (3, "c1"), (3, "c2")] {
            #expect(queue.append(element, bytes: 1, of: owner).isEmpty)
        }
        #expect(queue.count == 6 && queue.bytes == 6)
        #expect(drain(&queue) == ["a1", "b1", "c1", "a2", "c2", "a3"])
        #expect(queue.isEmpty && queue.bytes == 0)
    }

    @Test func aShareIsBoundedInCountAndBytes() {
        var queue = queue()
        for index in 1...4 { #expect(queue.append("a\(index)", bytes: 1, of: 1).isEmpty) }
        #expect(queue.append("a5", bytes: 1, of: 1) == ["a5"])
        #expect(queue.append("b1", bytes: 40, of: 2).isEmpty)
        #expect(queue.append("b2", bytes: 21, of: 2) == ["b2"])
        #expect(queue.append("b3", bytes: 20, of: 2).isEmpty)
        #expect(drain(&queue) == ["a1", "b1", "a2", "b3", "a3", "a4"])
    }

    @Test func theFirstMayBeLargerThanAShare() {
        var queue = queue()
        #expect(queue.append("large", bytes: 90, of: 1).isEmpty)
        #expect(queue.append("more", bytes: 1, of: 1) == ["more"])
        #expect(queue.append("impossible", bytes: 101, of: 2) == ["impossible"])
    }

    @Test func whoHoldsMostMakesRoom() {
        var queue = queue(maxBytes: 60)
        for index in 1...4 { #expect(queue.append("a\(index)", bytes: 10, of: 1).isEmpty) }
        #expect(queue.append("b1", bytes: 20, of: 2).isEmpty)
        #expect(queue.append("c1", bytes: 20, of: 3) == ["a4", "a3"], "the newest of the largest share")
        #expect(queue.append("d1", bytes: 20, of: 4) == ["d1"], "nobody holds more than that")
        #expect(queue.append("a5", bytes: 10, of: 1) == ["a5"], "nobody makes room for himself")
        #expect(drain(&queue) == ["a1", "b1", "c1", "a2"])
    }

    @Test func whoIsNotReadyKeepsTheTurn() {
        var queue = queue()
        for (owner, element) in [(1, "a1"), (2, "b1"), (2, "b2")] { _ = queue.append(element, bytes: 1, of: owner) }
        #expect(queue.popFirst { $0 != "a1" } == "b1")
        #expect(queue.popFirst() == "a1")
        #expect(queue.popFirst { $0 != "b2" } == nil && queue.count == 1)
        #expect(queue.popFirst() == "b2")
    }
}
