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

    init(_ peer: Peer, limits: TransactionGossipLimits, now: Instant) {
        self.peer = peer
        known = KnownHashes(capacity: limits.knownPerPeer)
        transactions = HashQueue(capacity: limits.queuePerPeer)
        announcements = HashQueue(capacity: limits.queuePerPeer)
        served = TokenBucket(burst: Double(limits.servedBurst), perSecond: Double(limits.servedPerSecond), now: now)
    }
}

/// Hashes first in, first out; when it is full the oldest are given up.
struct HashQueue: Sendable {
    private let capacity: Int
    private var hashes: [Hash32] = []
    private var start = 0

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { hashes.count - start }
    var isEmpty: Bool { start == hashes.count }

    mutating func append(_ hash: Hash32) {
        if count >= capacity { start += 1 }
        if start >= capacity {
            hashes.removeFirst(start)
            start = 0
        }
        hashes.append(hash)
    }

    mutating func popFirst() -> Hash32? {
        guard start < hashes.count else { return nil }
        defer {
            start += 1
            if start == hashes.count {
                hashes.removeAll(keepingCapacity: true)
                start = 0
            }
        }
        return hashes[start]
    }
}
