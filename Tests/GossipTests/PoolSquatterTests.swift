import Chain
import Gossip
import Primitives
import SansIO
import Testing

/// Who fills the pool with what is never paid for, or takes more than a share of it.
@Suite struct PoolSquatterTests {
    /// A sender whose first transaction pays `first`, and whose others pay much.
    private func squat(_ pool: inout TransactionPool, _ wallet: Wallet, count: UInt64, first: UInt256 = gwei / 2) {
        #expect(pool.attempt(wallet, wallet.transfer(0, tip: 1, maxFee: first)) == nil)
        for nonce in 1..<count {
            #expect(pool.attempt(wallet, wallet.transfer(nonce, tip: 100 * gwei, maxFee: 1_000 * gwei)) == nil)
        }
    }

    /// "DETER" with a head that no block takes in place of a gap.
    @Test func whatIsBehindOneThatCannotBeIncludedIsWorthNoMore() {
        var pool = TransactionPool.standard { $0.maxCount = 40 }
        for number in UInt64(1)...2 { squat(&pool, Wallet(number), count: 20) }
        #expect(pool.count == 40 && pool.readyCount == 40)
        let users = (UInt64(10)..<50).map { Wallet($0) }
        for user in users { #expect(pool.attempt(user, user.transfer(0, tip: 1)) == nil) }
        #expect(pool.count == 40 && users.allSatisfy { pool.contains($0.transfer(0, tip: 1).hash) })
        let late = Wallet(60)
        #expect(
            pool.attempt(late, late.transfer(0, tip: 1, maxFee: gwei / 2)) == .blockedWhenFull(baseFee: gwei),
            "and nothing of the kind comes in any more")
    }

    @Test func manySendersOfFewThatCannotBeIncludedAreWorthNoMore() {
        var pool = TransactionPool.standard { $0.maxCount = 64 }
        for number in UInt64(1)...4 { squat(&pool, Wallet(number), count: 16) }
        let user = Wallet(10)
        for nonce in UInt64(0)..<16 { #expect(pool.attempt(user, user.transfer(nonce, tip: 1)) == nil) }
    }

    @Test func aLowTipBeforeHighOnesCountsForAll() {
        var pool = TransactionPool.standard { $0.maxCount = 16 }
        // It can be included, for one wei.
        squat(&pool, Wallet(1), count: 16, first: 2 * gwei)
        let user = Wallet(2)
        #expect(pool.attempt(user, user.transfer(0, tip: 1)) == .underpriced(minTip: 2))
        #expect(pool.attempt(user, user.transfer(0, tip: 2)) == nil)
    }

    @Test func theFirstOneReplacedTheOthersAreWorthMore() {
        var pool = TransactionPool.standard { $0.maxCount = 16 }
        let (sender, user) = (Wallet(1), Wallet(2))
        squat(&pool, sender, count: 16)
        #expect(pool.attempt(sender, sender.transfer(0, tip: 9 * gwei, maxFee: 20 * gwei)) == nil)
        #expect(pool.attempt(user, user.transfer(0, tip: 5 * gwei)) == .underpriced(minTip: 9 * gwei + 1))
    }

    @Test func aRisingBaseFeeTakesAwayWhatPaidForAPlace() {
        var pool = TransactionPool.standard { $0.maxCount = 16 }
        let (sender, user) = (Wallet(1), Wallet(2))
        squat(&pool, sender, count: 16, first: 3 * gwei)
        var head = PoolHead.standard
        head.baseFee = 4 * gwei
        _ = pool.newHead(head, included: [], accounts: [:], now: .start)
        for nonce in UInt64(0)..<16 { #expect(pool.attempt(user, user.transfer(nonce, tip: 1)) == nil) }
        #expect(!pool.senders.contains(sender.address))
    }

    @Test func theBlockedGrowOld() {
        var pool = TransactionPool.standard()
        let (sender, user) = (Wallet(1), Wallet(2))
        // One that can be included, one that can't, and two behind it.
        let fees: [UInt256] = [10, 2, 10, 10]
        let transactions = fees.enumerated().map { sender.transfer(UInt64($0), tip: 1, maxFee: $1 * gwei) }
        for transaction in transactions { #expect(pool.attempt(sender, transaction) == nil) }
        #expect(pool.attempt(user, user.transfer(0)) == nil)
        var high = PoolHead.standard
        high.baseFee = 3 * gwei
        func head(_ head: PoolHead, after seconds: Int64) -> [Hash32] {
            pool.newHead(head, included: [], accounts: [:], now: .start + .seconds(seconds)).dropped
        }
        #expect(head(high, after: 0).isEmpty && head(high, after: 599).isEmpty)
        // A base fee that they pay, once: the time begins anew.
        #expect(head(.standard, after: 600).isEmpty && head(high, after: 606).isEmpty)
        #expect(head(high, after: 1_205).isEmpty)
        #expect(head(high, after: 1_206) == transactions.dropFirst().map(\.hash))
        #expect(pool.transactions(of: sender.address).ready.map(\.nonce) == [0])
        #expect(pool.contains(user.transfer(0).hash) && pool.readyCount == 2 && pool.queuedCount == 0)
    }

    @Test func smallSendersKeepTheirPlacesAgainstLargeOnes() throws {
        var pool = TransactionPool.standard { $0.maxCount = 64 }
        let (large, late) = (Wallet(1), Wallet(9))
        for nonce in UInt64(0)..<64 { #expect(pool.attempt(large, large.transfer(nonce, tip: 5 * gwei)) == nil) }
        let small = (UInt64(2)...4).map { Wallet($0) }
        for wallet in small {
            for nonce in UInt64(0)..<16 { #expect(pool.attempt(wallet, wallet.transfer(nonce, tip: 1)) == nil) }
        }
        #expect(pool.transactions(of: large.address).ready.count == 16, "as many as the others")
        for wallet in small + [large] {
            let next = wallet.transfer(16, tip: 6 * gwei)
            #expect(pool.attempt(wallet, next) == .senderShareReached(slots: 16), "however well it pays")
        }
        // Among equals the price counts.
        let addition = try pool.add(late.candidate(late.transfer(0, tip: 2)), now: .start)
        #expect(addition.evicted == [small[2].transfer(15, tip: 1).hash])
    }

    @Test func aSharesBytesAreLimited() {
        var pool = TransactionPool.standard {
            $0.maxBytes = 40_000
            $0.slotBytesPerSender = 20_000
        }
        let (large, small) = (Wallet(1), Wallet(2))
        let data = [UInt8](repeating: 1, count: 9_500)
        for nonce in UInt64(0)..<4 {
            #expect(pool.attempt(large, large.transfer(nonce, tip: 5 * gwei, gas: 600_000, data: data)) == nil)
        }
        for nonce in UInt64(0)..<2 {
            #expect(pool.attempt(small, small.transfer(nonce, tip: 1, gas: 600_000, data: data)) == nil)
        }
        #expect(pool.attempt(small, small.transfer(2, tip: 1, gas: 600_000, data: data)) != nil)
        #expect(pool.transactions(of: large.address).ready.count == 2)
    }

    @Test func notTooManyGoForOne() {
        var pool = TransactionPool.standard {
            $0.maxBytes = 6_000
            $0.maxEvictions = 8
        }
        for number in UInt64(1)...40 {
            let wallet = Wallet(number)
            #expect(pool.attempt(wallet, wallet.transfer(0, tip: 1)) == nil)
        }
        let before = pool.readyHashes
        let new = Wallet(50)
        func large(_ bytes: Int) -> Transaction {
            new.transfer(0, tip: gwei, gas: 600_000, data: [UInt8](repeating: 1, count: bytes))
        }
        #expect(pool.attempt(new, large(3_000)) == .poolFull)
        #expect(pool.readyHashes == before && pool.count == 40, "what had gone for it is back")
        #expect(pool.attempt(new, large(1_500)) == nil)
    }

    /// The gas limit says what one may use, not what it uses: a sender whose transactions may each use a whole block gets
    /// one of them into a block, and would take the places of everybody else.
    @Test func aBlocksPlacesAreNotTakenByWhatCannotFit() {
        var pool = TransactionPool.standard()
        let greedy = Wallet(1)
        let users = (UInt64(2)..<42).map { Wallet($0) }
        for nonce in UInt64(0)..<60 {
            #expect(pool.attempt(greedy, greedy.transfer(nonce, tip: 9 * gwei, gas: 1_050_000)) == nil)
        }
        for user in users { #expect(pool.attempt(user, user.transfer(0, tip: 1)) == nil) }
        let candidates = pool.candidates(baseFee: gwei, gasLimit: 1_050_000, spare: 4)
        #expect(candidates.count == 45 && candidates.prefix(5).allSatisfy { $0.sender == greedy.address })
        #expect(candidates.dropFirst(5).map(\.sender) == users.map(\.address))
        // What fits is all there, and no more than that.
        #expect(pool.candidates(baseFee: gwei, gasLimit: 210_000, spare: 4).count == 14)
        #expect(pool.candidates(baseFee: gwei, gasLimit: .max, spare: 4).count == 100)
    }

    @Test func refusalsSayWhatHappened() {
        let rows: [(PoolError, String)] = [
            (.queueFull, "txpool is full: too many transactions wait"), (.poolFull, "txpool is full: too many"),
            (.blockedWhenFull(baseFee: 7), "transaction underpriced: the pool is full, and it or an earlier one"),
            (.senderShareReached(slots: 16), "account limit exceeded: the pool is full, and the sender has its share"),
        ]
        for (error, text) in rows { #expect(error.description.hasPrefix(text) && !error.isInvalid) }
        #expect(PoolError.insufficientFunds(balance: 0, cost: 1, earlier: 0).isUnpayable)
        #expect(PoolError.nonceTooLow(next: 1, found: 0).isUnpayable)
        #expect(!PoolError.insufficientFunds(balance: 1, cost: 1, earlier: 1).isUnpayable, "with others of this pool")
        #expect(!PoolError.queueFull.isUnpayable && !PoolError.senderLimitReached(limit: 64).isUnpayable)
    }
}
