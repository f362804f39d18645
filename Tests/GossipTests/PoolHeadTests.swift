import Chain
import Gossip
import Primitives
import SansIO
import Testing

/// How the pool follows the chain, and what it offers for a block.
@Suite struct PoolHeadTests {
    @Test func includedTransactionsLeave() {
        var pool = TransactionPool.standard()
        let wallet = Wallet(1)
        let transactions = (0..<4).map { wallet.transfer($0) }
        for transaction in transactions { #expect(pool.attempt(wallet, transaction) == nil) }
        let update = pool.newHead(
            .standard, included: transactions[0...1].map(\.hash),
            accounts: [wallet.address: PoolAccount(nonce: 2, balance: ether)], now: .start)
        #expect(Set(update.included) == Set(transactions[0...1].map(\.hash)))
        #expect(update.dropped.isEmpty && update.promoted.isEmpty)
        #expect(pool.count == 2 && pool.readyCount == 2)
        #expect(pool.nextNonce(of: wallet.address) == 4)
        // The pool's word of the account counts.
        #expect(pool.attempt(wallet, wallet.transfer(1, tip: 5 * gwei), nonce: 0) == .nonceTooLow(next: 2, found: 1))
    }

    @Test func aSenderWithoutTransactionsLeaves() {
        var pool = TransactionPool.standard()
        let wallet = Wallet(1)
        #expect(pool.attempt(wallet, wallet.transfer(0)) == nil)
        _ = pool.newHead(
            .standard, included: [wallet.transfer(0).hash],
            accounts: [wallet.address: PoolAccount(nonce: 1, balance: ether)], now: .start)
        #expect(pool.isEmpty && pool.bytes == 0 && pool.senders.isEmpty)
        // After a reorganization the account is back at the old nonce.
        #expect(pool.attempt(wallet, wallet.transfer(0), nonce: 0) == nil)
    }

    @Test func withoutWordOfTheAccountTheNonceFollows() {
        var pool = TransactionPool.standard()
        let wallet = Wallet(1)
        for nonce in 0..<3 { #expect(pool.attempt(wallet, wallet.transfer(UInt64(nonce))) == nil) }
        let update = pool.newHead(.standard, included: [wallet.transfer(0).hash], accounts: [:], now: .start)
        #expect(update.included == [wallet.transfer(0).hash])
        #expect(pool.readyCount == 2 && pool.nextNonce(of: wallet.address) == 3)
    }

    @Test func anotherTransactionWithTheNonceWasIncluded() {
        var pool = TransactionPool.standard()
        let wallet = Wallet(1)
        for nonce in 0..<3 { #expect(pool.attempt(wallet, wallet.transfer(UInt64(nonce))) == nil) }
        let update = pool.newHead(
            .standard, included: [], accounts: [wallet.address: PoolAccount(nonce: 2, balance: ether)], now: .start)
        #expect(update.included.isEmpty)
        #expect(update.dropped == (0..<2).map { wallet.transfer($0).hash })
    }

    @Test func aSmallerBalanceQueuesOrDrops() {
        var pool = TransactionPool.standard()
        let wallet = Wallet(1)
        let cost = 10 * gwei * 21_000 + 1
        for nonce in 0..<4 { #expect(pool.attempt(wallet, wallet.transfer(UInt64(nonce))) == nil) }
        _ = pool.newHead(
            .standard, included: [], accounts: [wallet.address: PoolAccount(nonce: 0, balance: cost * 2)], now: .start)
        #expect(pool.readyCount == 2 && pool.queuedCount == 2)
        // Money comes: they are ready again, and announced again.
        let richer = pool.newHead(
            .standard, included: [], accounts: [wallet.address: PoolAccount(nonce: 0, balance: ether)], now: .start)
        #expect(richer.promoted == [wallet.transfer(2).hash, wallet.transfer(3).hash])
        let poorer = pool.newHead(
            .standard, included: [], accounts: [wallet.address: PoolAccount(nonce: 0, balance: cost &- 1)], now: .start)
        #expect(poorer.dropped.count == 4 && pool.isEmpty)
    }

    @Test func aReorganizationBringsNoncesBack() {
        var pool = TransactionPool.standard()
        let wallet = Wallet(1)
        for nonce in 0..<3 { #expect(pool.attempt(wallet, wallet.transfer(UInt64(nonce))) == nil) }
        _ = pool.newHead(
            .standard, included: [wallet.transfer(0).hash],
            accounts: [wallet.address: PoolAccount(nonce: 1, balance: ether)], now: .start)
        _ = pool.newHead(
            .standard, included: [], accounts: [wallet.address: PoolAccount(nonce: 0, balance: ether)], now: .start)
        #expect(pool.readyCount == 0 && pool.queuedCount == 2)
        #expect(pool.attempt(wallet, wallet.transfer(0)) == nil)
        #expect(pool.readyCount == 3)
    }

    @Test func aLowerGasLimitRulesOut() {
        var pool = TransactionPool.standard()
        let wallet = Wallet(1)
        #expect(pool.attempt(wallet, wallet.transfer(0)) == nil)
        #expect(pool.attempt(wallet, wallet.transfer(1, gas: 29_000_000)) == nil)
        var head = PoolHead.standard
        head.gasLimit = 20_000_000
        // The account is as it was.
        let account = PoolAccount(nonce: 0, balance: ether)
        let update = pool.newHead(head, included: [], accounts: [wallet.address: account], now: .start)
        #expect(update.dropped == [wallet.transfer(1, gas: 29_000_000).hash])
    }

    @Test func theQueuedGrowOld() {
        var pool = TransactionPool.standard()
        let wallet = Wallet(1)
        #expect(pool.attempt(wallet, wallet.transfer(0)) == nil)
        #expect(pool.attempt(wallet, wallet.transfer(5)) == nil)
        let later = Instant.start + .seconds(3 * 3600 + 1)
        #expect(pool.attempt(wallet, wallet.transfer(7), at: later) == nil)
        let update = pool.newHead(.standard, included: [], accounts: [:], now: later)
        #expect(update.dropped == [wallet.transfer(5).hash])
        #expect(pool.count == 2)
    }

    @Test func aChangedBaseFeeChangesWhoGoesFirst() throws {
        var pool = TransactionPool.standard { $0.maxCount = 2 }
        let (a, b, c) = (Wallet(1), Wallet(2), Wallet(3))
        // At 1 gwei a pays 3 and b 2; at 9 gwei a pays 1 and b 2.
        #expect(pool.attempt(a, a.transfer(0, tip: 3 * gwei, maxFee: 10 * gwei)) == nil)
        #expect(pool.attempt(b, b.transfer(0, tip: 2 * gwei, maxFee: 20 * gwei)) == nil)
        var head = PoolHead.standard
        head.baseFee = 9 * gwei
        _ = pool.newHead(head, included: [], accounts: [:], now: .start)
        let addition = try pool.add(c.candidate(c.transfer(0, tip: 5 * gwei, maxFee: 30 * gwei)), now: .start)
        #expect(addition.evicted == [a.transfer(0, tip: 3 * gwei, maxFee: 10 * gwei).hash])
    }

    @Test func theBestPaidComeFirstInTheOrderOfNonces() {
        var pool = TransactionPool.standard()
        let (a, b, c) = (Wallet(1), Wallet(2), Wallet(3))
        let rows: [(Wallet, UInt64, UInt256)] = [
            (a, 0, 2), (a, 1, 9), (b, 0, 5), (b, 1, 1), (c, 0, 5), (c, 2, 9), (b, 2, 7),
        ]
        for (wallet, nonce, tip) in rows {
            #expect(pool.attempt(wallet, wallet.transfer(nonce, tip: tip * gwei)) == nil)
        }
        func order(_ transactions: some Sequence<PoolTransaction>) -> [String] {
            let names = [a.address: "a", b.address: "b", c.address: "c"]
            return transactions.map { (names[$0.sender] ?? "") + "\($0.nonce)" }
        }
        #expect(order(pool.best(baseFee: gwei)) == ["b0", "c0", "a0", "a1", "b1", "b2"])
        // Tips are capped by the fee: at a base fee of 9 gwei everybody pays 1.
        #expect(order(pool.best(baseFee: 9 * gwei)) == ["a0", "a1", "b0", "b1", "c0", "b2"])
        #expect(order(pool.best(baseFee: 11 * gwei)).isEmpty)
        var best = pool.best(baseFee: gwei)
        #expect(best.next()?.sender == b.address)
        best.skip(b.address)
        #expect(order(IteratorSequence(best)) == ["c0", "a0", "a1"])
    }

    @Test func theHeadOfTheChainGivesTheRules() {
        var config = ChainConfig(chainID: 5)
        config.londonBlock = 0
        var header = Header()
        header.number = 10
        header.gasLimit = 30_000_000
        header.gasUsed = 15_000_000
        header.baseFeePerGas = 7 * gwei
        let head = PoolHead(after: header, config: config, nextTime: 0)
        #expect(head.baseFee == 7 * gwei && head.gasLimit == 30_000_000 && head.chainID == 5)
    }
}
