public import EthCrypto
public import NodeRecord
public import Primitives
public import SansIO

/// The discv4 node: answers peers, keeps the table and searches for nodes (discv4.md, EIP-868, EIP-778).
///
/// The owner passes datagrams to `receive`, calls `deadlineReached` when `deadline` comes, and takes the effects after
/// each call. It begins to search at its first deadline, which is the moment it was made.
///
/// Where this differs from go-ethereum, it is to be quick in small networks, and nothing that a peer sees breaks the
/// protocol: nodes named by peers are pinged at once (as reth does); a query waits for the peer's ping and not always
/// for 500 ms, and is sent a second time after 200 ms; a short `Neighbors` packet ends a query after 50 ms; lookups follow each other fast while few nodes are
/// known; the record of a node that has answered is fetched before the node is reported.
public struct DiscoveryV4: Sendable {
    /// How long after sending a packet is valid.
    static let expiration: UInt64 = 20
    static let replyTimeout = Duration.milliseconds(500)
    /// After this long without a reply a question is asked once more, within the same time.
    static let retryDelay = Duration.milliseconds(200)
    /// How long more packets are awaited after one that can be the last.
    static let lastPacketGrace = Duration.milliseconds(50)
    /// The most pings under way; those that answer pings of others are dropped above it.
    static let maxPings = 256
    /// Nodes named by others are pinged while fewer pings than this are under way.
    static let maxVerificationPings = 32
    static let maxRecordFetches = 16
    static let maxQueued = 256
    static let maxSeeds = 256
    static let maxExpirations = 16
    /// A node that didn't answer isn't pinged again for being named again at the same endpoint within this time.
    static let verificationPause = Duration.seconds(600)

    let key: PrivateKey
    /// Whether packets go unsigned, which only a simulation may want.
    package var isPlain = false
    var local: LocalNodeRecord
    var endpoint: LocalEndpoint
    /// The nodes known.
    public internal(set) var table: KademliaTable
    var bonds = BondTable()
    var pings = PendingPings(capacity: maxPings)
    /// At most those of one lookup and `maxRecordFetches`.
    var queries: [QueryV4] = []
    var search: (lookup: Lookup, target: PublicKey)?
    var schedule: LookupSchedule
    /// Whether the first lookup is over. Before that nobody gets into the table by contacting us, so that an attacker
    /// who waits for our restart doesn't fill it first.
    var isInitialised = false
    /// Whether a node was verified for the first time since the last lookup.
    var hasFoundNew = false
    let bootnodes: [NodeContact]
    var seeds: [NodeContact] = []
    var verifications = BoundedQueue<NodeContact>(maxCount: maxQueued)
    /// What was put there lately. Not by the node alone: a false endpoint must not keep the right one from being tried.
    var tried = RecentSet<Sighting>(capacity: 4096, lifetime: verificationPause)
    /// Nodes of the table that have answered elsewhere, too: they move there if they no longer answer where they were. So
    /// whoever passes pings of ours on to a node and its answers back can't take its place.
    var rivals = BoundedMap<NodeID, Rival>(capacity: 256)
    var recordFetches = BoundedQueue<NodeContact>(maxCount: maxQueued)
    /// The nodes in `recordFetches` or with such a query under way.
    var fetching: Set<NodeID> = []
    var announced = BoundedMap<NodeID, Announcement>(capacity: 8192)
    var limiter: IngressLimiter
    var random: NodeRandom
    var outbox = Outbox<DiscoveryEffect>()
    /// The time of day, by which packets expire.
    public var wall = WallClock()
    var expirations: [(expiration: UInt64, ip: IPAddress)] = []
    /// Whether IPv6 addresses can be reached; if not, they are not asked.
    public var usesIPv6 = true
    /// What was done so far, for the owner's statistics.
    public internal(set) var counters = DiscoveryCounters()
    /// When to call `deadlineReached` next.
    public internal(set) var deadline: Instant?

    /// A node at an endpoint.
    struct Sighting: Hashable, Sendable {
        let id: NodeID
        let endpoint: Endpoint
    }

    /// Where a node has answered while it is known elsewhere, and the number of the record that it named.
    struct Rival: Sendable {
        let contact: NodeContact
        let seq: UInt64?
    }

    /// What was last said of a node.
    struct Announcement: Hashable, Sendable {
        let endpoint: Endpoint
        let tcpPort: UInt16
        let seq: UInt64
    }

    /// - Parameters:
    ///   - ip: the address to advertise; nil to learn it from peers.
    ///   - tcpPort: 0 for a node that doesn't listen.
    ///   - entries: further pairs of the record, as key and raw RLP item, such as `eth` with its fork id.
    ///   - previousSeq: the number of the record last signed with this key, where known.
    ///   - bootnodes: where searching begins; asked again whenever the table is empty.
    /// - Throws: as `NodeRecordDraft.signed`, for entries that are no record.
    public init(
        key: PrivateKey, ip: IPAddress?, udpPort: UInt16, tcpPort: UInt16,
        entries: [(key: String, value: [UInt8])] = [], previousSeq: UInt64? = nil, bootnodes: [NodeContact],
        random: NodeRandom, now: Instant
    ) throws(NodeRecordError) {
        self.key = key
        self.random = random
        endpoint = LocalEndpoint(ip: ip, udpPort: udpPort, tcpPort: tcpPort)
        var draft = NodeRecordDraft()
        for (key, value) in entries { draft.set(key, rlp: value) }
        endpoint.write(to: &draft)
        local = try LocalNodeRecord(key: key, draft: draft, previousSeq: previousSeq, now: now)
        let id = local.record.id
        table = KademliaTable(localID: id)
        self.bootnodes = bootnodes.filter { $0.id != id }
        schedule = LookupSchedule(now: now)
        limiter = IngressLimiter(now: now)
        deadline = now
    }

    /// This node's id.
    public var id: NodeID { table.localID }

    /// This node's record as it is now.
    public var localRecord: NodeRecord { local.record }

    /// The nodes of the table that have answered lately: worth storing for the next start.
    public var liveContacts: [NodeContact] { table.entries.filter(\.isLive).map(\.contact) }

    /// All effects since the last call, in order.
    public mutating func takeEffects() -> [DiscoveryEffect] { outbox.drain() }

    /// What the packets since the last call have named as the end of their validity, expired ones too, at most a few: whose
    /// clock is wrong shows in nothing else.
    public mutating func takeExpirations() -> [(expiration: UInt64, ip: IPAddress)] {
        defer { expirations = [] }
        return expirations
    }

    /// Contacts to start from beside the bootnodes, for instance those stored at the last stop. At most 256 are kept,
    /// the latest ones.
    public mutating func seed(_ contacts: [NodeContact]) {
        let ids = Set(contacts.map(\.id))
        seeds.removeAll { ids.contains($0.id) }
        seeds = (seeds + contacts.filter { $0.id != id }).suffix(Self.maxSeeds)
        schedule.seeded()
        updateDeadline()
    }

    /// Asks for more nodes than the usual pace brings: the next lookup begins at once, but not within a second of the
    /// last one's end.
    public mutating func requestNodes(now: Instant) {
        schedule.demanded(now: now)
        updateDeadline()
    }

    /// Sets a pair of the local record to a raw RLP item, for instance `eth` after a fork; nil removes it. Peers learn
    /// of it by the sequence number in the next ping or pong.
    ///
    /// Throws: as `NodeRecordDraft.signed`; the record is then as it was.
    public mutating func setEntry(_ key: String, rlp: [UInt8]?) throws(NodeRecordError) {
        try local.update { $0.set(key, rlp: rlp) }
    }

    /// Sets the advertised endpoint (`--nat extip`); without an address it is learned from peers.
    ///
    /// Throws: as `NodeRecordDraft.signed`; the endpoint is then as it was.
    public mutating func setEndpoint(ip: IPAddress?, udpPort: UInt16, tcpPort: UInt16) throws(NodeRecordError) {
        let changed = LocalEndpoint(ip: ip, udpPort: udpPort, tcpPort: tcpPort)
        try local.update { changed.write(to: &$0) }
        endpoint = changed
    }

    /// Does what is due at `now`; calling it too early does no harm.
    public mutating func deadlineReached(now: Instant) {
        while let ping = pings.popExpired(now) { pingFailed(ping, now: now) }
        while let index = queries.firstIndex(where: { $0.deadline <= now }) { queryDue(index, now: now) }
        while let contact = table.popCheck(now: now, random: &random) { ping(contact, now: now) }
        settle(now)
    }

    /// Begins what there is room for, after every call that can have made some.
    mutating func settle(_ now: Instant) {
        beginLookup(now)
        advanceLookup(now)
        beginVerifications(now)
        beginRecordFetches(now)
        updateDeadline()
    }

    mutating func updateDeadline() {
        var earliest = search == nil ? schedule.next : .distantFuture
        for query in queries { earliest = min(earliest, query.deadline) }
        if let next = pings.deadline { earliest = min(earliest, next) }
        if let next = table.deadline { earliest = min(earliest, next) }
        deadline = earliest
    }
}
