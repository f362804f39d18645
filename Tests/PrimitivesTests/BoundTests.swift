import SansIO
import Testing

@Suite struct BoundTests {
    private func at(_ milliseconds: Int64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    @Test func tokenBucketRefills() {
        var bucket = TokenBucket(burst: 3, perSecond: 2, now: at(0))
        for _ in 0..<3 { #expect(bucket.take(now: at(0)) == true) }
        #expect(bucket.take(now: at(0)) == false)
        #expect(bucket.take(now: at(499)) == false)
        #expect(bucket.take(now: at(500)) == true)
        #expect(bucket.take(now: at(500)) == false)
        // Never more than the burst, however long nothing was taken.
        #expect(bucket.take(3, now: at(1_000_000)) == true)
        #expect(bucket.take(0.5, now: at(1_000_000)) == false)
        // A clock that runs backwards gives nothing.
        #expect(bucket.take(now: at(0)) == false)
        #expect(bucket.take(now: at(1_000_500)) == true)
    }

    @Test func tokenBucketTakesAllOrNothing() {
        var bucket = TokenBucket(burst: 10, perSecond: 0, now: at(0))
        #expect(bucket.take(11, now: at(0)) == false)
        #expect(bucket.take(10, now: at(0)) == true)
        #expect(bucket.take(now: at(99_999)) == false)
    }

    @Test func recentSetForgetsTheOldestFirst() {
        var set = RecentSet<Int>(capacity: 3)
        for element in 1...3 { #expect(set.insert(element, now: at(0)) == true) }
        #expect(set.insert(1, now: at(0)) == false)
        #expect(set.insert(4, now: at(0)) == true)
        // 1 was inserted first, and being offered again doesn't renew it.
        #expect(!set.contains(1))
        #expect(set.contains(2) && set.contains(3) && set.contains(4))
        #expect(set.count == 3)
        #expect(set.insert(1, now: at(0)) == true)
        #expect(!set.contains(2))
    }

    @Test func recentSetForgetsWithTime() {
        var set = RecentSet<String>(capacity: 10, lifetime: .seconds(1))
        set.insert("a", now: at(0))
        set.insert("b", now: at(600))
        set.expire(at(1_000))
        #expect(set.contains("a"))
        #expect(set.insert("a", now: at(1_000)) == false)
        set.expire(at(1_001))
        #expect(!set.contains("a") && set.contains("b"))
        #expect(set.insert("a", now: at(1_500)) == true)
        set.expire(at(1_700))
        #expect(set.contains("a") && !set.contains("b"))
        #expect(set.count == 1)
    }

    @Test func queueIsBoundedInCountAndBytes() {
        var queue = BoundedQueue<String>(maxCount: 3, maxBytes: 100)
        #expect(queue.append("a", bytes: 60) == true)
        #expect(queue.append("too much", bytes: 41) == false)
        #expect(queue.append("b", bytes: 40) == true)
        #expect(queue.bytes == 100)
        #expect(queue.append("c", bytes: 1) == false)
        #expect(queue.append("c", bytes: 0) == true)
        #expect(queue.append("d", bytes: 0) == false)
        #expect(queue.count == 3)
        #expect(queue.popFirst() == "a")
        #expect(queue.bytes == 40)
        #expect(queue.append("d", bytes: 60) == true)
        #expect([queue.popFirst(), queue.popFirst(), queue.popFirst(), queue.popFirst()] == ["b", "c", "d", nil])
        #expect(queue.bytes == 0 && queue.isEmpty)
        #expect(queue.append("e", bytes: 5) == true)
        queue.removeAll()
        #expect(queue.isEmpty && queue.bytes == 0)
    }

    @Test func outboxKeepsTheOrder() {
        var outbox = Outbox<Int>()
        #expect(outbox.isEmpty)
        for effect in [3, 1, 2] { outbox.append(effect) }
        #expect(outbox.drain() == [3, 1, 2])
        #expect(outbox.isEmpty && outbox.drain().isEmpty)
    }
}
