import Chain
import Gossip
import Primitives
import SansIO
import Testing

/// What the pool takes, and what it says where it doesn't.
@Suite struct PoolRuleTests {
    let wallet = Wallet(1)

    @Test func statelessRules() {
        let rows: [(Transaction, PoolError)] = [
            (wallet.transfer(0, gas: 30_000_001), .gasLimitAboveBlock(limit: 30_000_000)),
            (wallet.transfer(0, gas: 20_999), .invalid(.intrinsicGasTooLow(required: 21_000))),
            (wallet.transfer(0, tip: 11 * gwei), .invalid(.tipAboveMaxFee)),
            (wallet.transfer(0, tip: 0), .underpriced(minTip: 1)),
            (wallet.transfer(0, chainID: 1), .invalid(.wrongChainID(expected: 1337, found: 1))),
            (wallet.transfer(.max), .invalid(.nonceTooLarge)),
            (
                wallet.transfer(0, gas: 9_000_000, data: [UInt8](repeating: 1, count: 128 << 10)),
                .oversized(limit: 128 << 10)
            ),
        ]
        for (transaction, error) in rows {
            var pool = TransactionPool.standard()
            let fresh = pool
            #expect(throws: error) { try fresh.check(transaction) }
            #expect(pool.attempt(wallet, transaction, nonce: min(transaction.nonce, 5)) == error)
            #expect(pool.isEmpty)
        }
    }

    @Test func accountRules() {
        var pool = TransactionPool.standard()
        let cost = 10 * gwei * 21_000 + 1
        #expect(pool.attempt(wallet, wallet.transfer(4), nonce: 5) == .nonceTooLow(next: 5, found: 4))
        #expect(
            pool.attempt(wallet, wallet.transfer(5), nonce: 5, balance: cost &- 1)
                == .insufficientFunds(balance: cost &- 1, cost: cost, earlier: 0))
        #expect(pool.attempt(wallet, wallet.transfer(5), nonce: 5, balance: cost) == nil)
        #expect(pool.attempt(wallet, wallet.transfer(5), nonce: 5, balance: cost) == .alreadyKnown)
        // The second one would have to be paid with the first one.
        #expect(
            pool.attempt(wallet, wallet.transfer(6), nonce: 5, balance: cost)
                == .insufficientFunds(balance: cost, cost: cost, earlier: cost))
        // A queued one may, as long as it can be paid alone.
        #expect(pool.attempt(wallet, wallet.transfer(8), nonce: 5, balance: cost) == nil)
        #expect(pool.readyCount == 1 && pool.queuedCount == 1)
    }

    @Test func messagesBeginWithGoEthereumsWords() {
        let rows: [(PoolError, String)] = [
            (.alreadyKnown, "already known"), (.nonceTooLow(next: 5, found: 4), "nonce too low"),
            (.insufficientFunds(balance: 1, cost: 2, earlier: 3), "insufficient funds for gas * price + value"),
            (.replacementUnderpriced(minFee: 1, minTip: 1), "replacement transaction underpriced"),
            (.underpriced(minTip: 1), "transaction underpriced"),
            (.gasLimitAboveBlock(limit: 1), "exceeds block gas limit"),
            (.invalid(.intrinsicGasTooLow(required: 1)), "intrinsic gas too low"),
            (.invalid(.tipAboveMaxFee), "max priority fee per gas higher than max fee per gas"),
            (.invalid(.invalidSignature), "invalid sender"), (.oversized(limit: 1), "oversized data"),
            (.futureReplacesPending, "future transaction tries to replace pending"),
        ]
        for (error, text) in rows { #expect(error.description.hasPrefix(text)) }
        #expect(PoolError.invalid(.invalidSignature).isInvalid)
        #expect(!PoolError.invalid(.notEnabled(transactionType: 4)).isInvalid)
        #expect(!PoolError.nonceTooLow(next: 1, found: 0).isInvalid)
    }

    @Test func additionsTellWhatBecameReady() throws {
        var pool = TransactionPool.standard()
        let transactions = (0..<5).map { wallet.transfer($0) }
        func add(_ index: Int) throws -> PoolAddition {
            try pool.add(wallet.candidate(transactions[index]), now: .start)
        }
        var addition = try add(2)
        #expect(!addition.isReady && addition.promoted.isEmpty)
        addition = try add(1)
        #expect(!addition.isReady && pool.queuedCount == 2)
        addition = try add(0)
        #expect(addition.isReady && addition.promoted == transactions[0...2].map(\.hash))
        #expect(pool.queuedCount == 0 && pool.nextNonce(of: wallet.address) == 3)
        addition = try add(4)
        #expect(!addition.isReady)
        addition = try add(3)
        #expect(addition.promoted == transactions[3...4].map(\.hash))
        #expect(pool.readyHashes == [2, 1, 0, 4, 3].map { transactions[$0].hash }, "in the order of arrival")
        #expect(pool[transactions[4].hash]?.transaction == transactions[4])
        #expect(pool.transactions(of: wallet.address).ready.map(\.nonce) == [0, 1, 2, 3, 4])
        #expect(pool.bytes == transactions.reduce(0) { $0 + $1.size })
    }

    /// Each row: tip and fee of a second transaction with the nonce, in hundredths of the first one's, and whether it
    /// replaces it.
    @Test(
        arguments: [
            (100, 100, false), (110, 109, false), (109, 110, false), (110, 110, true), (200, 110, true),
            (110, 100, false),
            (100, 110, false), (300, 300, true),
        ] as [(UInt64, UInt64, Bool)])
    func replacements(tip: UInt64, fee: UInt64, isAccepted: Bool) throws {
        var pool = TransactionPool.standard()
        let first = wallet.transfer(0, tip: gwei, maxFee: 10 * gwei)
        #expect(pool.attempt(wallet, first) == nil)
        #expect(pool.attempt(wallet, wallet.transfer(1)) == nil)
        let second = wallet.transfer(
            0, tip: 10_000_000 * UInt256(tip), maxFee: 100_000_000 * UInt256(fee), value: 2)
        let error = pool.attempt(wallet, second)
        #expect(error == (isAccepted ? nil : .replacementUnderpriced(minFee: 11 * gwei, minTip: 1_100_000_000)))
        #expect(pool.count == 2 && pool.readyCount == 2)
        #expect(pool.contains(first.hash) == !isAccepted && pool.contains(second.hash) == isAccepted)
    }

    @Test func aReplacementMustBePaidWithTheOthers() throws {
        var pool = TransactionPool.standard()
        let cost = 10 * gwei * 21_000 + 1
        let balance = cost * 3
        for nonce in 0..<3 { #expect(pool.attempt(wallet, wallet.transfer(UInt64(nonce)), balance: balance) == nil) }
        let dear = wallet.transfer(1, tip: 2 * gwei, maxFee: 20 * gwei, value: 1)
        let dearCost = 20 * gwei * 21_000 + 1
        #expect(
            pool.attempt(wallet, dear, balance: balance)
                == .insufficientFunds(balance: balance, cost: dearCost, earlier: cost * 2))
        // With another account's balance it would have worked.
        var rich = TransactionPool.standard()
        for nonce in 0..<3 { #expect(rich.attempt(wallet, wallet.transfer(UInt64(nonce))) == nil) }
        let addition = try rich.add(wallet.candidate(dear), now: .start)
        #expect(addition.replaced == wallet.transfer(1).hash)
        #expect(addition.promoted == [dear.hash], "it is new, so it is announced")
        #expect(rich.readyCount == 3)
    }
}
