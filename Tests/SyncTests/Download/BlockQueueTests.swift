import Chain
import Primitives
import Testing

@testable import Sync

struct BlockQueueTests {
    private static let chain = TestChain(length: 30)

    private func queue(_ range: ClosedRange<Int>) -> BlockQueue {
        var queue = BlockQueue(minBodyEstimate: 1000)
        for block in Self.chain.blocks[range] { queue.append(block.header, hash: block.hash) }
        return queue
    }

    @Test("empty bodies are there at once, others are asked for once each, from the front")
    func missing() {
        var queue = queue(11...20)
        #expect(queue.count == 10 && queue.firstNumber == 11)
        // 15 and 20 are empty.
        #expect(queue.missing(limit: 100, upTo: nil) == [11, 12, 13, 14, 16, 17, 18, 19])
        #expect(queue.missing(limit: 3, upTo: nil) == [11, 12, 13])
        #expect(queue.missing(limit: 100, upTo: 13) == [11, 12, 13])
        #expect(queue.missing(limit: 100, upTo: 10) == [])
        queue.markUnderway([11, 12, 16])
        #expect(queue.underway == 3 && !queue.isFirstMissing)
        #expect(queue.missing(limit: 2, upTo: nil) == [13, 14])
        queue.markMissing([12, 13])
        #expect(queue.underway == 2)
        #expect(queue.missing(limit: 2, upTo: nil) == [12, 13])
        // Numbers that are not in the queue are nobody's.
        queue.markUnderway([1, 10, 21, .max])
        queue.markMissing([1, 10, 21, .max])
        #expect(queue.underway == 2)
        #expect(queue.headers([12, 99]).map(\.hash) == [Self.chain.blocks[12].hash])
    }

    @Test("blocks come out in order, as soon as nothing before them is missing, within limits")
    func ready() {
        var queue = queue(1...12)
        queue.markUnderway(queue.missing(limit: 100, upTo: nil))
        for number in [2, 3, 4, 7, 8] { queue.fill(Self.chain.blocks[number], bytes: 500) }
        #expect(queue.takeReady(maxCount: 100, maxBytes: 1 << 20).blocks.isEmpty)
        queue.fill(Self.chain.blocks[1], bytes: 500)
        // Another block of that number, or one that nobody asked for, has no place.
        queue.fill(TestChain(length: 12, salt: 1).blocks[6], bytes: 500)
        queue.fill(Self.chain.blocks[1], bytes: 500)
        #expect(queue.takeReady(maxCount: 2, maxBytes: 1 << 20).blocks.map(\.number) == [1, 2])
        // 500 and 601 bytes of header each.
        let two = queue.takeReady(maxCount: 100, maxBytes: 2 * 1101)
        #expect(two.blocks.map(\.number) == [3, 4] && two.bytes == 2202)
        #expect(queue.firstNumber == 5)
        #expect(queue.takeReady(maxCount: 100, maxBytes: 0).blocks.map(\.number) == [5])
        #expect(queue.takeReady(maxCount: 100, maxBytes: 1 << 20).blocks.isEmpty)
        for number in [6, 9, 11, 12] { queue.fill(Self.chain.blocks[number], bytes: 500) }
        let rest = queue.takeReady(maxCount: 100, maxBytes: 1 << 20)
        #expect(rest.blocks == Array(Self.chain.blocks[6...12]))
        #expect(queue.isEmpty && queue.bytes == 0 && queue.underway == 0)
    }

    @Test("the estimate of a body follows larger ones at once, smaller ones slowly")
    func estimate() {
        var queue = queue(1...4)
        queue.markUnderway([1, 2, 3, 4])
        #expect(queue.bodyEstimate == 1000)
        queue.fill(Self.chain.blocks[1], bytes: 5000)
        #expect(queue.bodyEstimate == 5000)
        queue.fill(Self.chain.blocks[2], bytes: 200)
        #expect(queue.bodyEstimate == 4400)
        queue.fill(Self.chain.blocks[3], bytes: 4400)
        #expect(queue.bodyEstimate == 4400)
    }
}
