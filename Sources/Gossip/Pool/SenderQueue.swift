import Chain
import Primitives
import SansIO

/// One sender's transactions by nonce: first those that can be executed one after the other, then the queued rest.
struct SenderQueue: Sendable {
    /// As of the head.
    private(set) var account: PoolAccount
    /// Ascending by nonce.
    private(set) var transactions: [PoolTransaction] = []
    /// One for each ready transaction: the first so many have consecutive nonces from the account's on, and the balance
    /// covers all of them.
    private var prefixes: [ReadyPrefix] = []
    private(set) var bytes = 0

    init(account: PoolAccount) { self.account = account }

    var count: Int { transactions.count }
    var readyCount: Int { prefixes.count }
    /// What the ready ones may take together, in wei.
    var readyCost: UInt256 { readyPrefix.cost }
    /// The ready ones together.
    var readyPrefix: ReadyPrefix { prefixes.last ?? ReadyPrefix() }
    var queuedCount: Int { transactions.count - readyCount }
    var ready: ArraySlice<PoolTransaction> { transactions[..<readyCount] }
    var queued: ArraySlice<PoolTransaction> { transactions[readyCount...] }

    /// The nonce of the sender's next transaction after the ready ones.
    var nextNonce: UInt64 { account.nonce &+ UInt64(readyCount) }

    subscript(nonce nonce: UInt64) -> PoolTransaction? {
        let index = index(of: nonce)
        return index < count && transactions[index].nonce == nonce ? transactions[index] : nil
    }

    /// The ready ones before a nonce.
    func prefix(before nonce: UInt64) -> ReadyPrefix {
        let count = min(index(of: nonce), readyCount)
        return count > 0 ? prefixes[count - 1] : ReadyPrefix()
    }

    /// What the ready transactions would cost with this one among them instead of the one with its nonce; nil where it
    /// would be queued. `cost` is nil where it needs more than 256 bits.
    func costIfReady(_ nonce: UInt64, _ cost: UInt256) -> (earlier: UInt256, cost: UInt256?)? {
        guard nonce >= account.nonce, nonce <= nextNonce else { return nil }
        let replaced = self[nonce: nonce]
        // Only ready ones are part of the sum: a queued one with this nonce can't be paid with the ready ones.
        let isReady = nonce < nextNonce
        let earlier = isReady ? readyCost &- (replaced?.cost ?? .zero) : readyCost
        return (earlier, earlier.adding(cost))
    }

    /// Adds a transaction, or puts it instead of the one with its nonce, which is returned.
    ///
    /// - Complexity: O(1) for the sender's next one, else O(its transactions with higher nonces).
    mutating func insert(_ transaction: PoolTransaction) -> PoolTransaction? {
        let index = index(of: transaction.nonce)
        bytes += transaction.transaction.size
        var old: PoolTransaction?
        if index < count, transactions[index].nonce == transaction.nonce {
            old = transactions[index]
            bytes -= transactions[index].transaction.size
            transactions[index] = transaction
        } else {
            transactions.insert(transaction, at: index)
        }
        countReady(from: index)
        return old
    }

    /// Removes the transaction with the highest nonce.
    mutating func removeLast() -> PoolTransaction? {
        guard let last = transactions.popLast() else { return nil }
        bytes -= last.transaction.size
        if prefixes.count > count { prefixes.removeLast() }
        return last
    }

    /// Takes over the account as of a new head; the transactions that it rules out are removed.
    mutating func update(account: PoolAccount, gasLimit: UInt64) -> [PoolTransaction] {
        self.account = account
        return removeAll { transaction in
            transaction.nonce < account.nonce || transaction.cost > account.balance
                || transaction.transaction.gasLimit > gasLimit
        }
    }

    /// Removes what has waited in the queue since before a moment.
    mutating func removeQueued(addedBefore moment: Instant) -> [PoolTransaction] {
        let oldest = readyCount < count ? transactions[readyCount].nonce : .max
        return removeAll { $0.nonce >= oldest && $0.added < moment }
    }

    /// Removes the first ready transaction that can't be included at a base fee, and all ready ones after it.
    mutating func removeBlocked(baseFee: UInt256?) -> [PoolTransaction] {
        guard let index = prefixes.firstIndex(where: { $0.tip(baseFee: baseFee) == nil }) else { return [] }
        let removed = Array(transactions[index..<readyCount])
        bytes -= removed.reduce(0) { $0 + $1.transaction.size }
        transactions.removeSubrange(index..<readyCount)
        countReady(from: index)
        return removed
    }

    private mutating func removeAll(where isOut: (PoolTransaction) -> Bool) -> [PoolTransaction] {
        let removed = transactions.filter(isOut)
        if !removed.isEmpty {
            transactions.removeAll(where: isOut)
            bytes -= removed.reduce(0) { $0 + $1.transaction.size }
        }
        countReady(from: 0)
        return removed
    }

    /// Counts the ready transactions again, where those before a index are as they were.
    private mutating func countReady(from index: Int) {
        prefixes.removeLast(max(0, readyCount - index))
        while readyCount < count {
            let next = transactions[readyCount]
            guard next.nonce == nextNonce, let longer = readyPrefix.adding(next.transaction, cost: next.cost),
                longer.cost <= account.balance
            else { return }
            prefixes.append(longer)
        }
    }

    /// Where a transaction with this nonce is or belongs.
    private func index(of nonce: UInt64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if transactions[middle].nonce < nonce { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
