public import EthCrypto
public import NodeRecord
public import Primitives
public import SansIO

/// A discv4 node: responds to peers, maintains the table and looks up nodes (discv4.md, EIP-868, EIP-778).
///
/// The owner passes datagrams to `receive`, calls `deadlineReached` at `deadline`, and calls `takeEffects` after each
/// call. The first lookup starts at the first deadline, which is the time given to `init`.
///
/// It differs from go-ethereum in order to be fast in small networks, without breaking the protocol for any peer: nodes
/// relayed by peers are pinged immediately (as in reth); a query is sent as soon as the peer has pinged, instead of
/// always after 500 ms, and repeated after 200 ms; a `Neighbors` packet that isn't full ends a query after 50 ms;
/// lookups follow each other quickly while few nodes are known; the record of a node that has answered a ping is
/// fetched before the node is reported.
public struct DiscoveryV4: Sendable {
    /// The seconds for which a sent packet is valid.
    static let expiration: UInt64 = 20
    static let replyTimeout = Duration.milliseconds(500)
    /// The time without a response after which a request is sent again, once, within `replyTimeout`.
    static let retryDelay = Duration.milliseconds(200)
    /// How long to wait for more packets of a response after one that may be the last.
    static let lastPacketGrace = Duration.milliseconds(50)
    /// The maximum number of pending pings; above it, the pings in return to pings of others are omitted.
    static let maxPings = 256
    /// Nodes relayed by others are pinged while fewer pings than this are pending.
    static let maxVerificationPings = 32
    static let maxRecordFetches = 16
    static let maxQueued = 256
    static let maxSeeds = 256
    static let maxExpirations = 16
    /// Within this time after a ping, a node isn't pinged again because it is relayed again with the same endpoint.
    static let verificationPause = Duration.seconds(600)

    let key: PrivateKey
    /// How packets say who has sent them; only a simulation sets another.
    package var seal: any PacketSealV4 = SignatureSealV4()
    var local: LocalNodeRecord
    var endpoint: LocalEndpoint
    /// The table of known nodes.
    public internal(set) var table: KademliaTable
    var bonds = BondTable()
    var pings = PendingPings(capacity: maxPings)
    /// The pending queries: at most those of one lookup and `maxRecordFetches`.
    var queries: [QueryV4] = []
    var search: (lookup: Lookup, target: PublicKey)?
    var schedule: LookupSchedule
    /// Whether the first lookup has ended. Before that, no node is added to the table because it contacted us, so that
    /// an attacker who waits for our restart can't fill the table first.
    var isInitialised = false
    /// Whether a node was verified for the first time since the last lookup.
    var hasFoundNew = false
    let bootnodes: [NodeContact]
    var seeds: [NodeContact] = []
    var verifications = BoundedQueue<NodeContact>(maxCount: maxQueued)
    /// The nodes added to `verifications` recently. By node and endpoint, so that a false endpoint of a node doesn't
    /// prevent the verification of its true one.
    var tried = RecentSet<Sighting>(capacity: 4096, lifetime: verificationPause)
    /// Nodes of the table that have answered at another endpoint too, which becomes theirs only if they don't answer at
    /// the old one any more. So an attacker who forwards our pings to a node, and its pongs to us, can't replace its
    /// endpoint.
    var rivals = BoundedMap<NodeID, Rival>(capacity: 256)
    var recordFetches = BoundedQueue<NodeContact>(maxCount: maxQueued)
    /// The nodes in `recordFetches` or with such a query pending.
    var fetching: Set<NodeID> = []
    var announced = BoundedMap<NodeID, Announcement>(capacity: 8192)
    var limiter: IngressLimiter
    var random: NodeRandom
    var outbox = Outbox<DiscoveryEffect>()
    /// The difference between this node's time and Unix time, by which packets expire.
    public var wall = WallClock()
    var expirations: [(expiration: UInt64, ip: IPAddress)] = []
    /// Whether IPv6 addresses can be reached; if not, nodes at such addresses are ignored.
    public var usesIPv6 = true
    /// Counters since the start, for statistics.
    public internal(set) var counters = DiscoveryCounters()
    /// The time at which to call `deadlineReached` next.
    public internal(set) var deadline: Instant?

    /// A node at an endpoint.
    struct Sighting: Hashable, Sendable {
        let id: NodeID
        let endpoint: Endpoint
    }

    /// Another endpoint at which a node of the table has answered, and the sequence number of its record in that
    /// answer.
    struct Rival: Sendable {
        let contact: NodeContact
        let seq: UInt64?
    }

    /// What was last reported of a node.
    struct Announcement: Hashable, Sendable {
        let endpoint: Endpoint
        let tcpPort: UInt16
        let seq: UInt64
    }

    /// A node without known peers.
    ///
    /// - Parameters:
    ///   - ip: the address to advertise; nil to learn it from peers.
    ///   - tcpPort: 0 for a node that doesn't listen.
    ///   - entries: further pairs of the record, as key and raw RLP item, such as `eth` with its fork id.
    ///   - previousSeq: the sequence number of the last record signed with this key, if known.
    ///   - bootnodes: the nodes to start from; contacted again whenever the table is empty.
    /// - Throws: as `NodeRecordDraft.signed`, if the entries are invalid or too large.
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

    /// This node's current record.
    public var localRecord: NodeRecord { local.record }

    /// The live nodes of the table, worth storing for the next start.
    ///
    /// - Complexity: O(entries).
    public var liveContacts: [NodeContact] { table.entries.filter(\.isLive).map(\.contact) }

    /// All effects since the last call, in order.
    public mutating func takeEffects() -> [DiscoveryEffect] { outbox.drain() }

    /// Removes and returns the expirations of the packets received since the last call, including expired ones, at most
    /// 16 of them, with the addresses of their senders: the only sign of a wrong clock in discv4.
    public mutating func takeExpirations() -> [(expiration: UInt64, ip: IPAddress)] {
        defer { expirations = [] }
        return expirations
    }

    /// Adds contacts to start from besides the bootnodes, for instance those stored by the previous run. Only the
    /// latest 256 are kept.
    public mutating func seed(_ contacts: [NodeContact]) {
        let ids = Set(contacts.map(\.id))
        seeds.removeAll { ids.contains($0.id) }
        seeds = (seeds + contacts.filter { $0.id != id }).suffix(Self.maxSeeds)
        schedule.seeded()
        updateDeadline()
    }

    /// Requests more nodes: the next lookup starts immediately, but at least a second after the end of the last one.
    public mutating func requestNodes(now: Instant) {
        schedule.demanded(now: now)
        updateDeadline()
    }

    /// Sets a pair of the local record to a raw RLP item, for instance `eth` after a fork; nil removes it. Peers notice
    /// the change by the sequence number in the next ping or pong.
    ///
    /// - Throws: as `NodeRecordDraft.signed`; the record is then unchanged.
    public mutating func setEntry(_ key: String, rlp: [UInt8]?) throws(NodeRecordError) {
        try local.update { $0.set(key, rlp: rlp) }
    }

    /// Sets the advertised endpoint (`--nat extip`); without an address it is learned from peers.
    ///
    /// - Throws: as `NodeRecordDraft.signed`; the endpoint is then unchanged.
    public mutating func setEndpoint(ip: IPAddress?, udpPort: UInt16, tcpPort: UInt16) throws(NodeRecordError) {
        let changed = LocalEndpoint(ip: ip, udpPort: udpPort, tcpPort: tcpPort)
        try local.update { changed.write(to: &$0) }
        endpoint = changed
    }

    /// Handles everything that is due at `now`. Calling it early is harmless.
    public mutating func deadlineReached(now: Instant) {
        while let ping = pings.popExpired(now) { pingFailed(ping, now: now) }
        while let index = queries.firstIndex(where: { $0.deadline <= now }) { queryDue(index, now: now) }
        while let contact = table.popCheck(now: now, random: &random) { ping(contact, now: now) }
        startDueWork(now)
    }

    /// Starts pending work within the limits; called after each event that may have freed capacity.
    mutating func startDueWork(_ now: Instant) {
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
