import Chain
public import Primitives
import SansIO

/// The transactions that are not in a block yet.
///
/// Each sender's are in the order of nonces. Those that can be executed one after the other with the sender's balance
/// are *ready*: announced, and offered to the block builder by their tip. The rest is *queued*. When the pool is full
/// the sender whose last transaction ranks lowest (`EvictionRank`) loses it, so that no gap opens.
///
/// A pure value: what it must know of the state comes with each candidate and each new head. The same calls lead to
/// the same pool, whatever the hash seed.
public struct TransactionPool: Sendable {
    public let limits: PoolLimits
    public private(set) var head: PoolHead

    /// Bytes of all transactions.
    public private(set) var bytes = 0
    public private(set) var queuedCount = 0

    private var queues: [Address: SenderQueue] = [:]
    private var locations: [Hash32: (sender: Address, nonce: UInt64)] = [:]
    /// By sender, the rank of the transaction that goes first if room is needed: the last one.
    private var ranks = IndexedHeap<Address, EvictionRank>()
    /// The same for the senders with queued transactions only.
    private var queuedRanks = IndexedHeap<Address, EvictionRank>()
    private var nextSequence: UInt64 = 0
    /// Since which head the senders have had ready transactions that can't be included.
    var blockedSince: [Address: Instant] = [:]

    public init(head: PoolHead, limits: PoolLimits = PoolLimits()) {
        self.head = head
        self.limits = limits
    }

    public var count: Int { locations.count }
    public var isEmpty: Bool { locations.isEmpty }
    public var readyCount: Int { count - queuedCount }

    public func contains(_ hash: Hash32) -> Bool { locations[hash] != nil }

    public subscript(_ hash: Hash32) -> PoolTransaction? {
        locations[hash].flatMap { queues[$0.sender]?[nonce: $0.nonce] }
    }

    /// The senders, sorted.
    public var senders: [Address] { queues.keys.sorted() }

    /// A sender's transactions, ascending by nonce.
    public func transactions(of sender: Address) -> (ready: [PoolTransaction], queued: [PoolTransaction]) {
        guard let queue = queues[sender] else { return ([], []) }
        return (Array(queue.ready), Array(queue.queued))
    }

    /// The nonce that a sender's next transaction should have; nil for a sender without transactions.
    public func nextNonce(of sender: Address) -> UInt64? { queues[sender]?.nextNonce }

    /// Visits every transaction, in no order: for what doesn't depend on one.
    func visit(_ body: (Transaction) -> Void) {
        for queue in queues.values {
            for entry in queue.transactions { body(entry.transaction) }
        }
    }

    /// The ready transactions in the order of arrival: what a new peer is told.
    ///
    /// - Complexity: O(n log n).
    public var readyHashes: [Hash32] {
        queues.values.flatMap { $0.ready.map { ($0.sequence, $0.hash) } }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// The ready transactions for a block, best paid first, each sender's in the order of nonces.
    ///
    /// - Parameter baseFee: of that block; transactions that don't pay it are left out, and their sender's later ones.
    /// - Complexity: O(senders log senders), and O(log senders) for each transaction taken.
    public func best(baseFee: UInt256?) -> BestTransactions {
        BestTransactions(queues.values.lazy.map(\.ready).filter { !$0.isEmpty }, baseFee: baseFee)
    }

    /// The ready transactions to fill a block with, best paid first: as many as it can hold, and some more for those that
    /// fail.
    ///
    /// One whose gas limit is more than the block can have left is left out with its sender's later ones. Otherwise one
    /// sender whose transactions may each use a whole block would take the slots of all others.
    ///
    /// - Parameter spare: how many may fail.
    public func candidates(baseFee: UInt256?, gasLimit: UInt64, spare: Int = 256) -> [PoolTransaction] {
        let transferGas: UInt64 = 21_000
        let limit = Int(clamping: gasLimit / transferGas).addingReportingOverflow(spare)
        var best = best(baseFee: baseFee)
        var candidates: [PoolTransaction] = []
        while candidates.count < (limit.overflow ? .max : limit.partialValue), let next = best.next() {
            // Those before it use as much as a transfer each, at least.
            let used = UInt64(max(0, candidates.count - spare)) * transferGas
            if used <= gasLimit, next.transaction.gasLimit <= gasLimit - used {
                candidates.append(next)
            } else {
                best.skip(next.sender)
            }
        }
        return candidates
    }
}

// Changes, in terms of one transaction.
extension TransactionPool {
    /// Puts a transaction in its place; the one that it replaces.
    mutating func insert(_ candidate: PoolCandidate, cost: UInt256, now: Instant) -> PoolTransaction? {
        let transaction = PoolTransaction(
            transaction: candidate.transaction, sender: candidate.sender, sequence: nextSequence, added: now, cost: cost
        )
        nextSequence += 1
        return insert(transaction, account: account(of: candidate))
    }

    /// Puts a transaction in its place, or back there.
    mutating func insert(_ transaction: PoolTransaction, account: PoolAccount) -> PoolTransaction? {
        var replaced: PoolTransaction?
        change(transaction.sender, account: account) { queue in
            replaced = queue.insert(transaction)
        }
        if let replaced { locations[replaced.hash] = nil }
        locations[transaction.hash] = (transaction.sender, transaction.nonce)
        return replaced
    }

    /// Removes a sender's last transaction.
    mutating func removeLast(of sender: Address) -> PoolTransaction? {
        var removed: PoolTransaction?
        change(sender, account: nil) { removed = $0.removeLast() }
        if let removed { locations[removed.hash] = nil }
        return removed
    }

    /// Changes a sender's queue by `body`, which returns what it has removed.
    mutating func prune(_ sender: Address, _ body: (inout SenderQueue) -> [PoolTransaction]) -> [PoolTransaction] {
        var removed: [PoolTransaction] = []
        change(sender, account: nil) { removed = body(&$0) }
        for transaction in removed { locations[transaction.hash] = nil }
        return removed
    }

    func queue(of sender: Address) -> SenderQueue? { queues[sender] }

    /// The account as of the head: what `newHead` said of a sender that the pool has, else what comes with the candidate.
    func account(of candidate: PoolCandidate) -> PoolAccount { queues[candidate.sender]?.account ?? candidate.account }

    /// The senders with ready transactions that can't be included at the present base fee, in no order.
    var blockedSenders: some Sequence<Address> {
        queues.lazy.filter { $0.value.readyPrefix.tip(baseFee: head.baseFee) == nil }.map(\.key)
    }

    /// The rank of a transaction; `prefix` has the sender's ready ones up to it, and is nil for a queued one.
    ///
    /// - Parameters:
    ///   - count: the sender's transactions up to it.
    ///   - bytes: of these.
    func rank(
        of transaction: Transaction, sequence: UInt64, prefix: ReadyPrefix?, count: Int, bytes: Int
    ) -> EvictionRank {
        EvictionRank(
            transaction, sequence: sequence, prefix: prefix,
            isWithinShare: count <= limits.slotsPerSender && bytes <= limits.slotBytesPerSender, baseFee: head.baseFee)
    }

    /// The sender to lose its last transaction next; only one with queued transactions where asked so.
    func victim(queuedOnly: Bool) -> (sender: Address, rank: EvictionRank)? {
        (queuedOnly ? queuedRanks.lowest : ranks.lowest).map { ($0.key, $0.rank) }
    }

    mutating func move(to head: PoolHead) {
        let isRepriced = head.baseFee != self.head.baseFee
        self.head = head
        guard isRepriced else { return }
        // The heaps' order depends on ranks only, which are all different, so it doesn't matter in which order the
        // queues are visited.
        for sender in queues.keys { rerank(sender) }
    }

    private mutating func change(_ sender: Address, account: PoolAccount?, _ body: (inout SenderQueue) -> Void) {
        guard var queue = queues.removeValue(forKey: sender) ?? account.map({ SenderQueue(account: $0) }) else {
            return
        }
        bytes -= queue.bytes
        queuedCount -= queue.queuedCount
        body(&queue)
        bytes += queue.bytes
        queuedCount += queue.queuedCount
        queues[sender] = queue.count > 0 ? queue : nil
        rerank(sender)
    }

    private mutating func rerank(_ sender: Address) {
        guard let queue = queues[sender], let last = queue.transactions.last else {
            ranks.set(sender, to: nil)
            queuedRanks.set(sender, to: nil)
            return
        }
        let rank = rank(
            of: last.transaction, sequence: last.sequence, prefix: queue.queuedCount == 0 ? queue.readyPrefix : nil,
            count: queue.count, bytes: queue.bytes)
        ranks.set(sender, to: rank)
        queuedRanks.set(sender, to: rank.standing == .queued ? rank : nil)
    }
}
