import EthWire

/// The numbers of transaction gossip; the defaults are go-ethereum's where it has them (eth.md, section 3).
public struct TransactionGossipLimits: Hashable, Sendable {
    /// Hashes that a peer is remembered to know.
    public var knownPerPeer = 32_768
    /// Transactions, and announcements, that wait for being sent to a peer; the oldest are given up.
    public var queuePerPeer = 4_096
    /// How long after a batch of transactions the next one is sent: under load messages get longer, not more.
    public var broadcastInterval = Duration.milliseconds(20)
    /// The same for announcements, after which receivers wait half a second anyway.
    public var announceInterval = Duration.milliseconds(100)
    /// Messages to one peer in one batch.
    public var packetsPerBatch = 4

    /// Announced hashes of one peer that aren't fetched yet; more are ignored.
    public var announcedPerPeer = 4_096
    /// Announced hashes in all; beyond them peers with less than an equal part may still announce.
    public var maxAnnounced = 65_536
    /// Announcements of one peer that are looked at, at once and per second: a message that passes this is ignored.
    public var announcementBurst = 32_768
    public var announcementsPerSecond = 8_192
    /// How long an announced transaction may still come by itself before it is asked for.
    public var arrivalWait = Duration.milliseconds(500)
    /// What would be due within this time is asked for as well.
    public var gatherSlack = Duration.milliseconds(100)
    public var requestTimeout = Duration.seconds(5)
    public var hashesPerRequest = EthLimits.maxRequestedTransactions
    public var bytesPerRequest = EthLimits.requestedTransactionBytes

    /// How many more of the transactions it announced a peer may lack than it delivers; each response beyond is an offence.
    public var maxLacking = 64

    /// Transactions of one peer that are being validated; more are dropped unread. A message may have this many.
    public var validatingPerPeer = EthLimits.maxTransactions
    /// Transactions of one peer after which it is judged: if not one in eight of them was useful, that is spam.
    public var judgedTransactions = 1_024
    /// Hashes of transactions that were refused, or are in blocks, and are not asked for again.
    public var maxRemembered = 32_768
    /// For how long a refused transaction isn't asked for.
    public var refusalLifetime = Duration.seconds(300)

    /// Bytes of transactions that one peer may fetch at once and per second; beyond that the responses are empty.
    public var servedBurst = 16 << 20
    public var servedPerSecond = 4 << 20

    public init() {}
}
