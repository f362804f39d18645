/// The numbers of block gossip, above those of the mesh (`TopicLimits`).
public struct BlockGossipLimits: Hashable, Sendable {
    /// Blocks remembered as seen.
    public var maxSeen = 4_096
    /// Blocks kept for relaying and for those who ask: the newest.
    public var maxHeld = 64
    /// Bytes of the transactions in these.
    public var maxHeldBytes = 32 << 20
    /// Blocks whose times of arrival are remembered.
    public var maxArrivals = 1_024

    /// Compact blocks that wait for transactions. Of one peer: a second one may be a rival at the same height; a chain with a
    /// block a second has no third. Of one block: a mesh's neighbours send it.
    public var maxPartialPerPeer = 2
    public var maxForms = 12
    /// Bytes that they hold, what they came with and what was found for them; beyond these the peer whose forms hold most
    /// loses them.
    public var maxPartialBytes = 8 << 20
    /// How long until a second sender is asked for what is missing of a block, and a third one: as long as a response takes
    /// from most peers. Waiting for the first one's time-out would give whoever is first and slow on purpose a second.
    public var nextAskDelay = Duration.milliseconds(150)
    /// How long a peer may take for what is missing of a block: 150 KB at 2 Mbit/s, and two ways of 100 ms.
    public var transactionsTimeout = Duration.seconds(1)
    /// How long for a whole block.
    public var requestTimeout = Duration.seconds(3)
    /// Requests that a peer may owe responses to.
    public var maxRequestsPerPeer = 4
    /// A block that doesn't fit its body root is asked for in full, of this many peers at most.
    public var maxWholeRequests = 4

    /// Transactions that came so recently that others may not have them yet are sent along: a push over four hops of 100
    /// ms, and an announced one waits half a second.
    public var freshFor = Duration.seconds(1)
    /// Maximum number of these that are remembered.
    public var maxFresh = 8_192
    /// Bytes of transactions in a compact block. They cost their size at each copy, lacking them costs one round trip.
    public var maxPrefilledBytes = 16 << 10

    /// Compact blocks come with sums (`BlockRepair`) for as many transactions as this node has lacked of any of the latest
    /// `repairMemory` blocks, times a margin, and for at least `minRepaired`: sums for two take less than a tenth of the ids
    /// of a thousand.
    public var repairMemory = 8
    public var repairMargin = 1.25
    public var minRepaired = 2
    /// And some more: with e extra sums decoding fails with probability 2^-e.
    public var repairSlack = 4

    /// How far below and above the head a block may be to be put together; the rest is for the downloader
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
    /// Bytes of a response, above which no further block is added.
    public var softResponseBytes = 4 << 20

    public init() {}
}
