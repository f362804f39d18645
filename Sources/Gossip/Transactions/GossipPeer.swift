import DequeModule
import DevP2P
import Primitives
import SansIO

/// What transaction gossip keeps of a peer.
struct GossipPeer: Sendable {
    let peer: Peer
    var known: KnownHashes
    /// To be sent in full.
    var transactions: HashQueue
    /// To be announced.
    var announcements: HashQueue
    var served: TokenBucket
    /// Its announcements that are looked at.
    var announced: TokenBucket
    /// How many of its transactions are being validated.
    var validating = 0
    var worth = TransactionWorth()

    init(_ peer: Peer, limits: TransactionGossipLimits, now: Instant) {
        self.peer = peer
        known = KnownHashes(capacity: limits.knownPerPeer)
        transactions = HashQueue(capacity: limits.queuePerPeer)
        announcements = HashQueue(capacity: limits.queuePerPeer)
        served = TokenBucket(burst: Double(limits.servedBurst), perSecond: Double(limits.servedPerSecond), now: now)
        announced = TokenBucket(
            burst: Double(limits.announcementBurst), perSecond: Double(limits.announcementsPerSecond), now: now)
    }
}

/// What a peer's transactions are worth, of those that say something about it: those that were taken, and those that no
/// pool at this node's head has.
///
/// Others, for instance such that are underpriced here or known already, honest peers send as well.
struct TransactionWorth: Sendable {
    private var useful = 0
    private var unpayable = 0

    /// Counts one more; true where not one in eight of the last `window` was useful, and the count begins anew.
    ///
    /// An honest peer may be a block ahead or behind, where a few of what it sends can't be paid for; hardly
    /// seven eighths of many.
    mutating func note(_ error: PoolError?, window: Int) -> Bool {
        if error == nil { useful += 1 } else if error?.isUnpayable ?? false { unpayable += 1 }
        guard useful + unpayable >= window else { return false }
        defer { self = TransactionWorth() }
        return useful < window / 8
    }
}

/// Hashes first in, first out; when it is full the oldest are given up.
struct HashQueue: Sendable {
    private let capacity: Int
    private var hashes = Deque<Hash32>()

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { hashes.count }
    var isEmpty: Bool { hashes.isEmpty }

    mutating func append(_ hash: Hash32) {
        if hashes.count >= capacity { hashes.removeFirst() }
        hashes.append(hash)
    }

    mutating func popFirst() -> Hash32? { hashes.popFirst() }
}
