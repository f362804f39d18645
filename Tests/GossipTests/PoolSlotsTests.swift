import Gossip
import Testing

@Suite("Limits of the pool by go-ethereum's names")
struct PoolSlotsTests {
    @Test("the defaults are the pool's own")
    func defaults() {
        let own = PoolLimits()
        #expect(
            PoolLimits(
                accountSlots: own.slotsPerSender, globalSlots: own.maxCount, accountQueue: nil,
                globalQueue: own.maxQueued) == own)
    }

    @Test("who may have many may have them in any order, and no other limit is in the way")
    func raised() {
        let limits = PoolLimits(accountSlots: 5_000, globalSlots: 20_000, accountQueue: nil, globalQueue: 100)
        #expect(limits.slotsPerSender == 5_000 && limits.maxPerSender == 5_000 && limits.maxQueuedPerSender == 5_000)
        #expect(limits.maxQueued == 5_000 && limits.maxCount == 20_000)
        let queue = PoolLimits(accountSlots: 16, globalSlots: 20_000, accountQueue: 300, globalQueue: 1_000)
        #expect(queue.maxQueuedPerSender == 300 && queue.maxQueued == 1_000)
    }
}
