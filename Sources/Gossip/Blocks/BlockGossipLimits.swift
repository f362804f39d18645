import SansIO

/// The numbers of block gossip.
public struct BlockGossipLimits: Hashable, Sendable {
    /// Blocks in one announcement.
    public static let maxAnnounced = 256
    /// Blocks in one request.
    public static let maxRequested = 16

    /// Blocks remembered as seen.
    public var maxSeen = 4_096
    /// Hashes that a peer is remembered to know.
    public var knownPerPeer = 1_024
    /// Blocks kept for relaying and for those who ask: the newest.
    public var maxHeld = 64
    /// Bytes of the transactions in these.
    public var maxHeldBytes = 32 << 20
    /// Blocks whose times of arrival are remembered.
    public var maxArrivals = 1_024

    /// How long an announced block may still come by itself before it is asked for.
    public var arrivalWait = Duration.milliseconds(200)
    public var requestTimeout = Duration.seconds(3)
    /// Announced blocks that are waited for: in all, and by one peer.
    public var maxWanted = 256
    public var maxWantedPerPeer = 64
    /// How far below and above the head a block may be to be fetched; the rest is for the downloader
    /// (go-ethereum's block fetcher had 7 and 32).
    public var fetchedBelowHead: UInt64 = 7
    public var fetchedAboveHead: UInt64 = 32

    /// What one peer may send: blocks at once and per second, announced hashes, requests. More is spam.
    public var blockBurst = 64.0
    public var blocksPerSecond = 8.0
    public var announcementBurst = 1_024.0
    public var announcementsPerSecond = 64.0
    public var requestBurst = 64.0
    public var requestsPerSecond = 16.0
    /// Bytes of an answer, above which no further block is added.
    public var softResponseBytes = 4 << 20

    public init() {}
}
