import Chain
import DevP2P
import Primitives
import SansIO

/// The following of one peer's chain, from the check whether its head is unknown to the last import.
struct DownloadSession: Sendable {
    enum Phase: Sendable {
        /// A task looks whether the store has the peer's head.
        case checking
        /// The common ancestor is being searched.
        case searching(AncestorSearch)
        /// Headers come from the peer and bodies from all peers.
        case fetching
    }

    /// Tells this session's requests and tasks from those of earlier ones.
    let id: UInt64
    /// Whose headers are followed; blamed if one of them turns out invalid.
    let master: Peer
    /// Whether the peer promises nothing and is asked all the same: then it owes nothing.
    let isProbe: Bool
    var phase = Phase.checking
    /// The last header taken.
    var frontier: BlockReference
    /// Whether a header request or its response is underway.
    var isAwaitingHeaders = false
    /// When the last header request was sent.
    var askedAt: Instant
    /// When to look whether another peer is to be followed instead, while a header request is underway.
    var patience: Instant?
    /// The first queued block, while somebody has been asked for its body, and since when everything waits for it.
    var front: (number: UInt64, since: Instant)?
    /// The first queued block, while its body isn't here, and since when; `alarm` is when to look whether another peer is
    /// to be followed instead.
    var stall: (number: UInt64, since: Instant, alarm: Instant?)?
    /// Whether no more headers are asked for: what is queued is completed, and then it ends.
    var isExhausted = false
    /// Whether the search or the fetch has brought anything.
    var hasQueuedBlocks = false
    /// Blocks of the peer that turned out valid and weren't here yet.
    var validBlocks = 0
    /// Whether `started` was said: enough blocks of the peer have turned out valid, and there are more to come.
    var isAnnounced = false
    /// The head that the peer had announced when it showed the header of it.
    var headShown: Hash32?
    /// The highest number that the peer has shown or announced.
    var target: UInt64

    init(id: UInt64, master: Peer, head: PeerHead, local: LocalHead, isProbe: Bool = false, now: Instant) {
        self.id = id
        self.master = master
        self.isProbe = isProbe
        askedAt = now
        frontier = BlockReference(number: local.number, hash: local.hash)
        target = head.number ?? local.number
    }
}
