import Chain
public import DevP2P
public import EthWire
public import Primitives
public import SansIO

/// Spreads transactions: to the square root of the peers in full, to the rest as hashes; and fetches what is announced.
///
/// It holds no transaction: the pool, which is handed in, does. Every call appends actions, which the caller takes with
/// `takeActions`. What a peer sends goes out as `validate` and comes back as `validated`, and what the pool then has
/// anew goes out by `added`.
public struct TransactionGossip: Sendable {
    public let limits: TransactionGossipLimits

    /// Whether transactions are taken at all; not while the chain is being synced, when they can't be judged.
    public var isAccepting = true

    /// The bytes that may go out now: without room transactions are announced only, and responses are short.
    public var uploadRoom = Int.max

    var fetcher: TransactionFetcher
    var peers = GossipPeers()
    /// Handed out for validation, with no outcome yet: each peer's share is counted with the peer.
    var validating: Set<Hash32> = []
    /// Refused, or too badly paid.
    var refused: RecentSet<Hash32>
    /// In blocks.
    var included: RecentSet<Hash32>
    private let choice: PushChoice
    var broadcastDue: Instant?
    var announceDue: Instant?
    var lastBroadcast: Instant?
    var lastAnnouncement: Instant?
    var actions = Outbox<TransactionGossipAction>()

    public init(localID: NodeID, random: NodeRandom, limits: TransactionGossipLimits = TransactionGossipLimits()) {
        var random = random
        self.limits = limits
        choice = PushChoice(hash: SipHash(random: &random), localID: localID)
        fetcher = TransactionFetcher(limits: limits, random: random)
        refused = RecentSet(capacity: limits.maxRemembered, lifetime: limits.refusalLifetime)
        included = RecentSet(capacity: limits.maxRemembered)
    }

    /// What is to be done since the last call.
    public mutating func takeActions() -> [TransactionGossipAction] { actions.drain() }

    /// When `deadlineReached` is wanted next.
    public var deadline: Instant? {
        [fetcher.deadline, broadcastDue, announceDue].compactMap { $0 }.min()
    }

    /// Sends what waits, asks for what is due, and gives up on what takes too long.
    public mutating func deadlineReached(pool: TransactionPool, now: Instant) {
        advanceFetcher(now: now)
        if let due = broadcastDue, due <= now { flushTransactions(pool, now: now) }
        if let due = announceDue, due <= now { flushAnnouncements(pool, now: now) }
    }

    /// A peer whose Status has been accepted: it is told what the pool has.
    public mutating func peerJoined(_ peer: Peer, pool: TransactionPool, now: Instant) {
        guard peers.index(of: peer) == nil else { return }
        var state = GossipPeer(peer, limits: limits, now: now)
        for hash in pool.readyHashes.suffix(limits.queuePerPeer) { state.announcements.append(hash) }
        peers.insert(state)
        fetcher.peerJoined(peer)
        if !pool.isEmpty { flushAnnouncements(pool, now: now) }
    }

    public mutating func peerLeft(_ peer: Peer, now: Instant) {
        peers.remove(peer)
        fetcher.peerLeft(peer)
        advanceFetcher(now: now)
    }

    /// Transactions that the pool has anew and that can be executed: they are sent and announced.
    public mutating func added(_ hashes: [Hash32], pool: TransactionPool, now: Instant) {
        guard !peers.isEmpty else { return }
        var direct: [Address: [Bool]] = [:]
        var isBroadcast = false
        var isAnnounced = false
        for hash in hashes {
            guard let entry = pool[hash] else { continue }
            let isDirect = direct[entry.sender] ?? chooseDirect(entry.sender)
            direct[entry.sender] = isDirect
            let isSmall = entry.transaction.size <= EthLimits.maxBroadcastTransactionBytes
            for index in peers.states.indices where !peers.states[index].known.contains(hash) {
                if isSmall, isDirect[index], uploadRoom > 0 {
                    peers.states[index].transactions.append(hash)
                    isBroadcast = true
                } else {
                    peers.states[index].announcements.append(hash)
                    isAnnounced = true
                }
            }
        }
        if isBroadcast, broadcastDue == nil {
            let next = lastBroadcast.map { $0 + limits.broadcastInterval } ?? now
            if next <= now { flushTransactions(pool, now: now) } else { broadcastDue = next }
        }
        if isAnnounced, announceDue == nil {
            let next = lastAnnouncement.map { $0 + limits.announceInterval } ?? now
            if next <= now { flushAnnouncements(pool, now: now) } else { announceDue = next }
        }
    }

    /// Which of the peers get the transactions of a sender in full.
    private func chooseDirect(_ sender: Address) -> [Bool] {
        var isDirect = [Bool](repeating: false, count: peers.states.count)
        for index in choice.indices(peers.states.lazy.map(\.peer.id), topic: sender.bytes) { isDirect[index] = true }
        return isDirect
    }

    /// The outcome for a transaction that was handed out for validation; `error` is nil if the pool has it now.
    ///
    /// One for which there was no room is taken again when it comes again.
    ///
    /// - Parameter peer: where it came from; a transaction that can never be valid is its offence, and so are many that
    ///   can't be paid for.
    public mutating func validated(_ hash: Hash32, error: PoolError?, from peer: Peer?, now: Instant) {
        validating.remove(hash)
        if let error, error != .alreadyKnown, error != .queueFull { refused.insert(hash, now: now) }
        guard let peer, let index = peers.index(of: peer) else { return }
        peers.states[index].validating = max(0, peers.states[index].validating - 1)
        if error?.isInvalid ?? false { actions.append(.offence(.invalidTransaction, by: peer)) }
        if peers.states[index].worth.note(error, window: limits.judgedTransactions) {
            actions.append(.offence(.spam, by: peer))
        }
    }

    /// Transactions that are in blocks now.
    public mutating func included(_ hashes: [Hash32], now: Instant) {
        for hash in hashes {
            included.insert(hash, now: now)
            fetcher.forget(hash)
        }
    }

    /// Takes a message if it is one of transaction gossip.
    ///
    /// - Returns: false for other messages.
    public mutating func received(
        _ message: EthMessage, from peer: Peer, pool: TransactionPool, now: Instant
    ) -> Bool {
        guard peers.index(of: peer) != nil else { return message.isTransactionGossip }
        switch message {
        case .transactions(let list):
            if isAccepting { receivedTransactions(list, from: peer, pool: pool, now: now) }
        case .newPooledTransactionHashes(let announcements):
            if isAccepting { receivedAnnouncements(announcements, from: peer, pool: pool, now: now) }
        case .getPooledTransactions(let id, let hashes):
            answer(id, hashes, to: peer, pool: pool, now: now)
        case .pooledTransactions(let id, let list):
            receivedAnswer(id, list, from: peer, pool: pool, now: now)
        case .status, .newBlockHashes, .getBlockHeaders, .blockHeaders, .getBlockBodies, .blockBodies, .newBlock,
            .getReceipts, .receipts, .blockRangeUpdate:
            return false
        }
        return true
    }
}

extension EthMessage {
    fileprivate var isTransactionGossip: Bool {
        switch self {
        case .transactions, .newPooledTransactionHashes, .getPooledTransactions, .pooledTransactions: true
        case .status, .newBlockHashes, .getBlockHeaders, .blockHeaders, .getBlockBodies, .blockBodies, .newBlock,
            .getReceipts, .receipts, .blockRangeUpdate:
            false
        }
    }
}
