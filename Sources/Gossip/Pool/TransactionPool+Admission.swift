public import Chain
import EthWire
public import Primitives
public import SansIO

/// What the addition of a transaction has changed.
public struct PoolAddition: Sendable {
    public let hash: Hash32
    /// Whether it can be executed now.
    public let isReady: Bool
    /// What became ready by it, itself included, in the order of nonces: to be announced.
    public let promoted: [Hash32]
    /// The transaction with the same nonce that it replaced.
    public let replaced: Hash32?
    /// What had to go to make room.
    public let evicted: [Hash32]
}

extension TransactionPool {
    /// Takes a transaction.
    ///
    /// - Complexity: O(log n), and O(sender's transactions) where it isn't the sender's next one.
    public mutating func add(_ candidate: PoolCandidate, now: Instant) throws(PoolError) -> PoolAddition {
        guard !contains(candidate.transaction.hash) else { throw .alreadyKnown }
        try check(candidate.transaction)
        let cost = try checkAccount(candidate)
        try checkReplacement(candidate)
        let evicted = try makeRoom(for: candidate, cost: cost, now: now)
        let readyBefore = queue(of: candidate.sender)?.readyCount ?? 0
        let replaced = insert(candidate, cost: cost, now: now)
        let ready = queue(of: candidate.sender)?.ready ?? []
        let isReady = ready.last.map { $0.nonce >= candidate.transaction.nonce } ?? false
        var promoted = ready.dropFirst(readyBefore).map(\.hash)
        // A replacement of a ready transaction makes none ready, but is new itself.
        if isReady, !promoted.contains(candidate.transaction.hash) {
            promoted.insert(candidate.transaction.hash, at: 0)
        }
        return PoolAddition(
            hash: candidate.transaction.hash, isReady: isReady, promoted: promoted, replaced: replaced?.hash,
            evicted: evicted)
    }

    /// What can be checked without the state: cheap enough to do before a job recovers the sender.
    public func check(_ transaction: Transaction) throws(PoolError) {
        guard transaction.type != .blob else { throw .typeNotSupported(transaction.type.rawValue) }
        let limit = EthLimits.maxPooledTransactionBytes
        guard transaction.size <= limit else { throw .oversized(limit: limit) }
        guard transaction.gasLimit <= head.gasLimit else { throw .gasLimitAboveBlock(limit: head.gasLimit) }
        do {
            try transaction.check(at: head.fork, chainID: head.chainID)
        } catch {
            throw .invalid(error)
        }
        guard transaction.maxPriorityFeePerGas >= limits.minTip else { throw .underpriced(minTip: limits.minTip) }
    }

    /// Nonce and balance; the transaction's cost.
    private func checkAccount(_ candidate: PoolCandidate) throws(PoolError) -> UInt256 {
        let transaction = candidate.transaction
        let queue = queue(of: candidate.sender)
        let account = account(of: candidate)
        guard transaction.nonce >= account.nonce else {
            throw .nonceTooLow(next: account.nonce, found: transaction.nonce)
        }
        guard let cost = transaction.maxCost, cost <= account.balance else {
            throw .insufficientFunds(balance: account.balance, cost: transaction.maxCost ?? .max, earlier: .zero)
        }
        if let sum = queue?.costIfReady(transaction.nonce, cost), sum.cost.map({ $0 > account.balance }) ?? true {
            throw .insufficientFunds(balance: account.balance, cost: cost, earlier: sum.earlier)
        }
        return cost
    }

    private func checkReplacement(_ candidate: PoolCandidate) throws(PoolError) {
        guard let queue = queue(of: candidate.sender) else { return }
        let transaction = candidate.transaction
        guard let old = queue[nonce: transaction.nonce]?.transaction else {
            try checkSenderLimits(queue, transaction)
            return
        }
        let minFee = bumped(old.maxFeePerGas)
        let minTip = bumped(old.maxPriorityFeePerGas)
        guard transaction.maxFeePerGas >= minFee, transaction.maxPriorityFeePerGas >= minTip else {
            throw .replacementUnderpriced(minFee: minFee, minTip: minTip)
        }
        guard queue.bytes - old.size + transaction.size <= limits.maxBytesPerSender else {
            throw .senderLimitReached(limit: limits.maxPerSender)
        }
    }

    private func checkSenderLimits(_ queue: SenderQueue, _ transaction: Transaction) throws(PoolError) {
        guard queue.count < limits.maxPerSender, queue.bytes + transaction.size <= limits.maxBytesPerSender else {
            throw .senderLimitReached(limit: limits.maxPerSender)
        }
        if transaction.nonce > queue.nextNonce, queue.queuedCount >= limits.maxQueuedPerSender {
            throw .senderLimitReached(limit: limits.maxQueuedPerSender)
        }
    }

    /// Raised by `priceBump` percent and by at least one wei.
    private func bumped(_ price: UInt256) -> UInt256 {
        guard let product = price.multiplied(by: UInt256(100 + limits.priceBump)),
            let raised = product.dividedBy(100)?.quotient
        else { return .max }
        return max(raised, price.adding(.one) ?? .max)
    }

    /// Pushes out what pays less until the transaction fits; nothing is changed where it doesn't come to that.
    private mutating func makeRoom(
        for candidate: PoolCandidate, cost: UInt256, now: Instant
    ) throws(PoolError) -> [Hash32] {
        let transaction = candidate.transaction
        let queue = queue(of: candidate.sender)
        let old = queue?[nonce: transaction.nonce]
        let isReady = transaction.nonce <= queue?.nextNonce ?? account(of: candidate).nonce
        let newcomer = rank(
            of: PoolTransaction(
                transaction: transaction, sender: candidate.sender, sequence: .max, added: now, cost: cost),
            isReady: isReady)
        let bytes = transaction.size - (old?.transaction.size ?? 0)
        let slots = old == nil ? 1 : 0
        var evicted: [(transaction: PoolTransaction, account: PoolAccount)] = []
        while let shortage = shortage(slots: slots, bytes: bytes, isReady: isReady) {
            guard let victim = victim(queuedOnly: shortage == .queued), newcomer.outbids(victim.rank),
                !isSacrifice(victim.sender, of: candidate), let account = self.queue(of: victim.sender)?.account,
                let removed = removeLast(of: victim.sender)
            else {
                let error = refusal(newcomer, shortage)
                restore(evicted)
                throw error
            }
            evicted.append((removed, account))
        }
        return evicted.map(\.transaction.hash)
    }

    private enum Shortage { case pool, queued }

    private func shortage(slots: Int, bytes: Int, isReady: Bool) -> Shortage? {
        if count + slots > limits.maxCount || self.bytes + bytes > limits.maxBytes { return .pool }
        return !isReady && queuedCount + slots > limits.maxQueued ? .queued : nil
    }

    /// Whether the sender would lose a transaction that the new one needs before it, or that it replaces.
    private func isSacrifice(_ sender: Address, of candidate: PoolCandidate) -> Bool {
        guard sender == candidate.sender, let last = queue(of: sender)?.transactions.last else { return false }
        return last.nonce <= candidate.transaction.nonce
    }

    private func refusal(_ newcomer: EvictionRank, _ shortage: Shortage) -> PoolError {
        guard let victim = victim(queuedOnly: shortage == .queued) else { return .underpriced(minTip: limits.minTip) }
        if newcomer.kind == .queued, victim.rank.kind != .queued { return .futureReplacesPending }
        return .underpriced(minTip: victim.rank.price.adding(.one) ?? .max)
    }

    private mutating func restore(_ evicted: [(transaction: PoolTransaction, account: PoolAccount)]) {
        for (transaction, account) in evicted.reversed() { _ = insert(transaction, account: account) }
    }
}
