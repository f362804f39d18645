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
        let evicted = try makeRoom(for: candidate, cost: cost)
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

    /// Pushes out what ranks lower until the transaction fits; nothing is changed where it doesn't come to that.
    private mutating func makeRoom(for candidate: PoolCandidate, cost: UInt256) throws(PoolError) -> [Hash32] {
        let transaction = candidate.transaction
        let old = queue(of: candidate.sender)?[nonce: transaction.nonce]?.transaction
        let newcomer = rank(of: candidate, cost: cost)
        let bytes = transaction.size - (old?.size ?? 0)
        let slots = old == nil ? 1 : 0
        var evicted: [(transaction: PoolTransaction, account: PoolAccount)] = []
        while let shortage = shortage(slots: slots, bytes: bytes, isReady: newcomer.standing != .queued) {
            guard let victim = victim(queuedOnly: shortage == .queued), newcomer.outbids(victim.rank),
                !isSacrifice(victim.sender, of: candidate), evicted.count < limits.maxEvictions,
                let account = self.queue(of: victim.sender)?.account, let removed = removeLast(of: victim.sender)
            else {
                let error = evicted.count < limits.maxEvictions ? refusal(newcomer, shortage) : .poolFull
                restore(evicted)
                throw error
            }
            evicted.append((removed, account))
        }
        return evicted.map(\.transaction.hash)
    }

    /// The rank that a newcomer would have.
    private func rank(of candidate: PoolCandidate, cost: UInt256) -> EvictionRank {
        let transaction = candidate.transaction
        let queue = queue(of: candidate.sender) ?? SenderQueue(account: candidate.account)
        guard transaction.nonce <= queue.nextNonce,
            let prefix = queue.prefix(before: transaction.nonce).adding(transaction, cost: cost)
        else {
            return rank(
                of: transaction, sequence: .max, prefix: nil, count: queue.count + 1,
                bytes: queue.bytes + transaction.size)
        }
        // Ready ones have no gaps, so this is how many there are up to it.
        let count = Int(clamping: transaction.nonce - queue.account.nonce) + 1
        return rank(of: transaction, sequence: .max, prefix: prefix, count: count, bytes: prefix.bytes)
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

    /// Why a newcomer doesn't get the slot of the lowest.
    private func refusal(_ newcomer: EvictionRank, _ shortage: Shortage) -> PoolError {
        guard let victim = victim(queuedOnly: shortage == .queued)?.rank else { return .poolFull }
        if newcomer.standing != victim.standing || newcomer.standing == .blocked {
            guard newcomer.standing == .blocked, let baseFee = head.baseFee else { return .futureReplacesPending }
            return .blockedWhenFull(baseFee: baseFee)
        }
        if victim.isWithinShare, !newcomer.isWithinShare { return .senderShareReached(slots: limits.slotsPerSender) }
        return .underpriced(minTip: victim.price.adding(.one) ?? .max)
    }

    private mutating func restore(_ evicted: [(transaction: PoolTransaction, account: PoolAccount)]) {
        for (transaction, account) in evicted.reversed() { _ = insert(transaction, account: account) }
    }
}
