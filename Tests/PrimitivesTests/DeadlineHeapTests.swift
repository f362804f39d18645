import SansIO
import Testing

@Suite struct DeadlineHeapTests {
    private func at(_ nanoseconds: Int64) -> Instant { Instant(nanoseconds: nanoseconds) }

    @Test func earliestFirst() {
        var heap = DeadlineHeap<String>()
        #expect(heap.next == nil)
        heap.set("b", to: at(20))
        heap.set("a", to: at(10))
        heap.set("c", to: at(30))
        #expect(heap.next == at(10))
        #expect(heap.popDue(at(9)) == nil)
        #expect(heap.popDue(at(10)) == "a")
        #expect(heap.popDue(at(10)) == nil)
        #expect(heap.popDue(at(99)) == "b")
        #expect(heap.popDue(at(99)) == "c")
        #expect(heap.popDue(at(99)) == nil)
        #expect(heap.count == 0)
    }

    @Test func equalDeadlinesComeInTheOrderOfKeys() {
        var heap = DeadlineHeap<Int>()
        for key in [5, 3, 9, 1, 7] { heap.set(key, to: at(1)) }
        var order: [Int] = []
        while let key = heap.popDue(at(1)) { order.append(key) }
        #expect(order == [1, 3, 5, 7, 9])
    }

    @Test func settingAgainReplaces() {
        var heap = DeadlineHeap<String>()
        heap.set("a", to: at(10))
        heap.set("a", to: at(50))
        #expect(heap.next == at(50))
        heap.set("a", to: at(10))
        #expect(heap["a"] == at(10))
        #expect(heap.popDue(at(100)) == "a")
        #expect(heap.popDue(at(100)) == nil)
        heap.set("a", to: at(70))
        #expect(heap.next == at(70))
        heap.set("a", to: nil)
        #expect(heap.next == nil)
        #expect(heap["a"] == nil)
        #expect(heap.count == 0)
    }

    /// Against a dictionary that is searched: the same keys come out at the same moments.
    @Test func agreesWithASearch() {
        var random = NodeRandom(seed: 5)
        var heap = DeadlineHeap<Int>()
        var model: [Int: Instant] = [:]
        for now in 0..<Int64(3_000) {
            let key = Int.random(in: 0..<20, using: &random)
            let deadline = Bool.random(using: &random) ? at(now + Int64.random(in: 0..<40, using: &random)) : nil
            heap.set(key, to: deadline)
            model[key] = deadline
            let due = model.filter { $0.value <= at(now) }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
            var popped: [Int] = []
            while let key = heap.popDue(at(now)) { popped.append(key) }
            #expect(popped == due)
            for key in due { model[key] = nil }
            #expect(heap.next == model.values.min())
            #expect(heap.count == model.count)
        }
    }
}
