public import Primitives
public import SansIO

/// What a new head has changed.
public struct PoolUpdate: Hashable, Sendable {
    /// Gone because they are in a block, sorted.
    public var included: [Hash32] = []
    /// Gone for other reasons, in the order in which that was found: by sender, then nonce.
    public var dropped: [Hash32] = []
    /// Ready now and not before, by sender, then nonce: to be announced.
    public var promoted: [Hash32] = []
}

extension TransactionPool {
    /// Follows the chain to a new head.
    ///
    /// The transactions of blocks that the chain has left are not in here: add them again.
    ///
    /// - Parameter included: the transactions of the new blocks.
    /// - Parameter accounts: the accounts at the new head, at least of the pool's senders that these blocks touched.
    /// - Complexity: O(senders log senders) where the base fee changes.
    public mutating func newHead(
        _ head: PoolHead, included: [Hash32], accounts: [Address: PoolAccount], now: Instant
    ) -> PoolUpdate {
        let isLimitLower = head.gasLimit < self.head.gasLimit
        move(to: head)
        var update = PoolUpdate()
        var accounts = accounts
        let gone = Set(included)
        for hash in included {
            guard let transaction = self[hash] else { continue }
            update.included.append(hash)
            // Without word of the account: its nonce is at least one more.
            guard var account = accounts[transaction.sender] ?? queue(of: transaction.sender)?.account else { continue }
            account.nonce = max(account.nonce, transaction.nonce &+ 1)
            accounts[transaction.sender] = account
        }
        update.included.sort()
        // Most accounts are as they were.
        let changed = accounts.filter { $0.value != queue(of: $0.key)?.account }.keys
        for sender in isLimitLower ? senders : changed.sorted() {
            refresh(sender, accounts[sender], gone: gone, into: &update)
        }
        expire(before: now, into: &update)
        dropBlocked(now: now, into: &update)
        while queuedCount > limits.maxQueued, let victim = victim(queuedOnly: true) {
            guard let removed = removeLast(of: victim.sender) else { break }
            update.dropped.append(removed.hash)
        }
        return update
    }

    private mutating func refresh(
        _ sender: Address, _ account: PoolAccount?, gone: Set<Hash32>, into update: inout PoolUpdate
    ) {
        guard let queue = queue(of: sender) else { return }
        let before = Set(queue.ready.map(\.hash))
        let gasLimit = head.gasLimit
        let removed = prune(sender) { $0.update(account: account ?? queue.account, gasLimit: gasLimit) }
        update.dropped += removed.map(\.hash).filter { !gone.contains($0) }
        update.promoted += self.queue(of: sender)?.ready.map(\.hash).filter { !before.contains($0) } ?? []
    }

    private mutating func expire(before now: Instant, into update: inout PoolUpdate) {
        guard queuedCount > 0 else { return }
        let moment = now + .nanoseconds(-limits.queuedLifetime.nanoseconds)
        for sender in senders where queue(of: sender).map({ $0.queued.contains { $0.added < moment } }) ?? false {
            update.dropped += prune(sender) { $0.removeQueued(addedBefore: moment) }.map(\.hash)
        }
    }

    /// Drops what is ready but hasn't been includable for long: it would keep its slot without ever paying for it.
    private mutating func dropBlocked(now: Instant, into update: inout PoolUpdate) {
        var since: [Address: Instant] = [:]
        var overdue: [Address] = []
        for sender in blockedSenders {
            let start = blockedSince[sender] ?? now
            if start + limits.blockedLifetime <= now { overdue.append(sender) } else { since[sender] = start }
        }
        blockedSince = since
        let baseFee = head.baseFee
        for sender in overdue.sorted() {
            update.dropped += prune(sender) { $0.removeBlocked(baseFee: baseFee) }.map(\.hash)
        }
    }
}
