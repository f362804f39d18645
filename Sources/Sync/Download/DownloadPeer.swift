public import DevP2P
import Primitives
import SansIO

/// What the downloader knows about a peer.
struct DownloadPeer: Sendable {
    let peer: Peer
    var head: PeerHead
    /// Whether there is nothing to fetch from the peer as long as its head stays.
    var isHeadKnown = false
    /// Whether the head is to be fetched whatever its number: the peer sent a block whose parent is unknown.
    var isWanted = false
    /// When the peer may be chosen to be followed.
    var notBefore: Instant
    /// Whether that is only for this node's clock: a block of the peer was of the future.
    var isOfFuture = false
    /// How often in a row following it came to nothing.
    var failures = 0
    /// How often in a row it announced an unknown head and had nothing to show.
    var fruitlessRuns = 0
    var bodiesPerRequest: Int
    /// The numbers of the bodies that it was asked for and hasn't answered.
    var fetching: [UInt64] = []
    var isFetchingBodies: Bool { !fetching.isEmpty }
    /// Whether it is asked for no more bodies as long as the current target is followed.
    var lacksBodies = false
    /// Body requests that timed out while the current target is followed.
    var timeouts = 0

    init(_ peer: Peer, head: PeerHead, limits: DownloadLimits, now: Instant) {
        self.peer = peer
        self.head = head
        notBefore = now
        bodiesPerRequest = limits.initialBodiesPerRequest
    }

    /// How much the peer's chain promises over the local one, to choose the best peer by: difference in total
    /// difficulty, or in blocks where that isn't known. Nil where the peer has nothing to offer.
    func promise(over local: LocalHead, slack: UInt64) -> UInt256? {
        guard !isHeadKnown else { return nil }
        // An equal one may still be preferred, and two halves of a network may wait for each other until it is known.
        if let totalDifficulty = head.totalDifficulty, totalDifficulty >= local.totalDifficulty {
            return totalDifficulty &- local.totalDifficulty
        }
        if head.totalDifficulty == nil, let number = head.number {
            if number > local.number { return UInt256(number - local.number) }
            // A shorter branch can have the higher total difficulty, which eth/69 doesn't tell.
            if local.number - number <= slack { return .zero }
        }
        return isWanted ? .zero : nil
    }

    /// The peer was of no use as a source: don't follow it for a while, longer each time.
    mutating func fail(_ limits: DownloadLimits, now: Instant) {
        var backOff = limits.backOff
        for _ in 0..<min(failures, 16) where backOff < limits.maxBackOff { backOff = backOff + backOff }
        failures += 1
        isWanted = false
        notBefore = now + min(backOff, limits.maxBackOff)
    }
}

/// The part of the local head that decides whom to follow.
struct LocalHead: Hashable, Sendable {
    var number: UInt64
    var hash: Hash32
    var totalDifficulty: UInt256
}

extension BlockDownloader {
    /// The end of a peer's chain as it has told; nil for an unknown peer.
    public func head(of peer: Peer) -> PeerHead? { peers[peer.connection]?.head }
}
