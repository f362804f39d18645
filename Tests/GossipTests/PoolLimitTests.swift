import Chain
import Gossip
import Primitives
import SansIO
import Testing

/// What happens when the pool is full.
@Suite struct PoolLimitTests {
    @Test func theWorstPaidGoes() throws {
        var pool = TransactionPool.standard { $0.maxCount = 4 }
        let wallets = (1...6).map { Wallet(UInt64($0)) }
        let tips: [UInt256] = [3, 1, 4, 2]
        for (wallet, tip) in zip(wallets, tips) {
            #expect(pool.attempt(wallet, wallet.transfer(0, tip: tip * gwei)) == nil)
        }
        #expect(
            pool.attempt(wallets[4], wallets[4].transfer(0, tip: gwei)) == .underpriced(minTip: gwei + 1),
            "an equal tip is not enough")
        let better = try pool.add(wallets[4].candidate(wallets[4].transfer(0, tip: 5 * gwei)), now: .start)
        #expect(better.evicted == [wallets[1].transfer(0, tip: gwei).hash])
        #expect(pool.count == 4)
        let next = try pool.add(wallets[5].candidate(wallets[5].transfer(0, tip: 5 * gwei)), now: .start)
        #expect(next.evicted == [wallets[3].transfer(0, tip: 2 * gwei).hash])
    }

    @Test func aSenderLosesTheLastNonceFirst() throws {
        var pool = TransactionPool.standard { $0.maxCount = 3 }
        let (poor, rich) = (Wallet(1), Wallet(2))
        // The first one pays least, but the later ones need it.
        let tips: [UInt256] = [1, 3, 2]
        for (nonce, tip) in tips.enumerated() {
            #expect(pool.attempt(poor, poor.transfer(UInt64(nonce), tip: tip * gwei)) == nil)
        }
        let addition = try pool.add(rich.candidate(rich.transfer(0, tip: 9 * gwei)), now: .start)
        #expect(addition.evicted == [poor.transfer(2, tip: 2 * gwei).hash])
        #expect(pool.queuedCount == 0, "no gap")
    }

    /// "DETER": transactions that can't be executed, however well paid, must not push out others.
    @Test func theFutureNeverPushesOutThePresent() {
        var pool = TransactionPool.standard { $0.maxCount = 50 }
        let honest = (0..<50).map { Wallet(UInt64(100 + $0)) }
        for wallet in honest { #expect(pool.attempt(wallet, wallet.transfer(0, tip: 1)) == nil) }
        let attacker = Wallet(1)
        for nonce in 5..<30 {
            let future = attacker.transfer(UInt64(nonce), tip: 9 * gwei, maxFee: 1000 * gwei)
            #expect(pool.attempt(attacker, future) == .futureReplacesPending)
        }
        #expect(honest.allSatisfy { pool.contains($0.transfer(0, tip: 1).hash) })
    }

    @Test func thePresentPushesOutTheFuture() throws {
        var pool = TransactionPool.standard { $0.maxCount = 2 }
        let (future, present) = (Wallet(1), Wallet(2))
        #expect(pool.attempt(future, future.transfer(7, tip: 9 * gwei)) == nil)
        #expect(pool.attempt(present, present.transfer(0, tip: 1)) == nil)
        let addition = try pool.add(present.candidate(present.transfer(1, tip: 1)), now: .start)
        #expect(addition.evicted == [future.transfer(7, tip: 9 * gwei).hash])
    }

    @Test func theQueueHasLimitsOfItsOwn() {
        var pool = TransactionPool.standard {
            $0.maxQueued = 4
            $0.maxQueuedPerSender = 3
        }
        let (a, b) = (Wallet(1), Wallet(2))
        for nonce in 2...4 { #expect(pool.attempt(a, a.transfer(UInt64(nonce), tip: 2 * gwei)) == nil) }
        #expect(pool.attempt(a, a.transfer(5)) == .senderLimitReached(limit: 3))
        #expect(pool.attempt(b, b.transfer(2, tip: gwei)) == nil)
        #expect(pool.attempt(b, b.transfer(3, tip: gwei)) == .underpriced(minTip: gwei + 1))
        #expect(pool.attempt(b, b.transfer(3, tip: 3 * gwei)) == .underpriced(minTip: gwei + 1), "its own has to stay")
        let c = Wallet(3)
        #expect(pool.attempt(c, c.transfer(9, tip: 2 * gwei)) == nil)
        #expect(pool.queuedCount == 4 && !pool.contains(b.transfer(2, tip: gwei).hash))
    }

    @Test func sendersAndBytesAreLimited() {
        var pool = TransactionPool.standard {
            $0.maxPerSender = 3
            $0.maxBytes = 5_000
            $0.maxBytesPerSender = 3_000
        }
        let wallet = Wallet(1)
        for nonce in 0..<3 { #expect(pool.attempt(wallet, wallet.transfer(UInt64(nonce))) == nil) }
        #expect(pool.attempt(wallet, wallet.transfer(3)) == .senderLimitReached(limit: 3))
        let large = Wallet(2)
        let data = [UInt8](repeating: 1, count: 2_000)
        #expect(pool.attempt(large, large.transfer(0, tip: 2 * gwei, gas: 200_000, data: data)) == nil)
        #expect(
            pool.attempt(large, large.transfer(1, tip: 2 * gwei, gas: 200_000, data: data))
                == .senderLimitReached(limit: 3))
        let larger = Wallet(3)
        let more = [UInt8](repeating: 1, count: 2_900)
        // The three small ones and 2,900 bytes fit, but not with the 2,000: it would have to outbid all that must go.
        #expect(
            pool.attempt(larger, larger.transfer(0, tip: 2 * gwei, gas: 300_000, data: more))
                == .underpriced(minTip: 2 * gwei + 1))
        #expect(pool.count == 4, "what was pushed out on the way is back")
        #expect(pool.readyCount == 4)
        #expect(pool.attempt(larger, larger.transfer(0, tip: 3 * gwei, gas: 300_000, data: more)) == nil)
        #expect(pool.bytes <= 5_000)
    }

    @Test func whatPaysLessThanTheBaseFeeGoesBeforeWhatPaysIt() throws {
        var pool = TransactionPool.standard { $0.maxCount = 2 }
        let (cheap, fine, new) = (Wallet(1), Wallet(2), Wallet(3))
        #expect(pool.attempt(cheap, cheap.transfer(0, tip: gwei / 2, maxFee: gwei / 2)) == nil)
        #expect(pool.attempt(fine, fine.transfer(0, tip: 1)) == nil)
        let addition = try pool.add(new.candidate(new.transfer(0, tip: 1)), now: .start)
        #expect(addition.evicted == [cheap.transfer(0, tip: gwei / 2, maxFee: gwei / 2).hash])
    }

    @Test func theSameCallsMakeTheSamePool() {
        func run() -> [Hash32] {
            var random = NodeRandom(seed: 3)
            var pool = TransactionPool.standard { $0.maxCount = 40 }
            var evicted: [Hash32] = []
            for _ in 0..<400 {
                let wallet = Wallet(UInt64.random(in: 0..<20, using: &random))
                let tip = UInt256(UInt64.random(in: 1..<2_000_000_000, using: &random))
                let transaction = wallet.transfer(UInt64.random(in: 0..<6, using: &random), tip: tip)
                if let addition = try? pool.add(wallet.candidate(transaction), now: .start) {
                    evicted += addition.evicted
                }
            }
            #expect(pool.count <= 40)
            return evicted + pool.best(baseFee: gwei).map(\.hash) + pool.readyHashes
        }
        #expect(run() == run())
    }
}

extension UInt256 {
    static func / (left: UInt256, right: UInt256) -> UInt256 { left.dividedBy(right)?.quotient ?? 0 }
}
