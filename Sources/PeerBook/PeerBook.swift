public import DevP2P
import EthCrypto
import NodeRecord
public import Primitives
public import SansIO

/// Whom to dial, whom to let in, whom to drop: everything that this node decides about peers, and nothing else.
///
/// A connection goes through `dialsDue` or `admitInbound`, then `identified`, `greeted`, `connected`, `disconnected`; a
/// dial that finds nobody ends with `dialFailed`. A connection that the book has refused or wants closed no longer counts: what is
/// reported of it later is ignored. Call `dialsDue` after each batch of calls, and take the effects.
public struct PeerBook: Sendable {
    public let limits: PeerLimits
    /// What offences and merits count.
    public let table: ReputationTable
    public let localID: NodeID

    /// While it is true no peer is rotated out.
    public var isSyncing = false
    /// Whether peers promise blocks and the chain stands still all the same.
    public private(set) var isHeldUp = false

    /// Which candidates are worth a dial to the owner; nil lets all through. Candidates accepted before are checked when
    /// dialed.
    public var candidateFilter: (any CandidateFilter)?

    var random: NodeRandom
    var candidates: CandidatePool
    var records: DialRecords
    var standings: Standings
    var ranges: RangeScores
    var quota = RemovalQuota()
    var contacts: KnownContacts
    /// Peers of an earlier run that are dialed before others, the first one first, and those of them that weren't yet, the
    /// last one first.
    var restoredAnchors: [NodeID] = []
    var anchorsToDial: [NodeID] = []
    /// Peers that would have to go, if only the rule might remove more; in the order in which that was found.
    var spared: [NodeID] = []
    /// Those of them that were told of.
    var toldSpared: Set<NodeID> = []
    var nextReview: Instant?
    var connections = ConnectionTable()
    var throttle: RecentSet<IPAddress>
    var trusted: Set<NodeID> = []
    var nextRotation: Instant
    /// Nil while a dialed slot is free.
    var nextIdlerCheck: Instant?
    var inboundIdlerBudget: TokenBucket
    var dialedIdlerBudget: TokenBucket
    var activeIdlerBudget: TokenBucket
    /// Where peers were that had brought nothing when they gave way: nobody gives way to such a subnet for a while.
    var idledSubnets: RecentSet<Subnet>
    private var effects = Outbox<PeerBookEffect>()

    public init(
        limits: PeerLimits = PeerLimits(), table: ReputationTable = .standard, localID: NodeID, random: NodeRandom,
        now: Instant
    ) {
        self.limits = limits
        self.table = table
        self.localID = localID
        self.random = random
        candidates = CandidatePool(capacity: limits.maxCandidates, hearsayPerPeer: limits.maxHearsayPerPeer)
        records = DialRecords(capacity: limits.maxDialRecords)
        standings = Standings(capacity: limits.maxStandings)
        ranges = RangeScores(capacity: limits.maxRanges)
        contacts = KnownContacts(capacity: limits.maxKnownContacts)
        throttle = RecentSet(capacity: 8192, lifetime: limits.inboundThrottle)
        idledSubnets = RecentSet(capacity: limits.maxIdledSubnets, lifetime: limits.idledLifetime)
        inboundIdlerBudget = TokenBucket(
            burst: max(1, Double(limits.maxPeers) * limits.idlerShare), perSecond: limits.idlersPerSecond, now: now)
        dialedIdlerBudget = inboundIdlerBudget
        activeIdlerBudget = TokenBucket(
            burst: Double(max(1, limits.maxPeers)), perSecond: limits.activeIdlersPerSecond, now: now)
        nextRotation = .distantFuture
        nextRotation = rotationTime(after: now)
    }

    public var peerCount: Int { connections.peerCount }
    public var inboundCount: Int { connections.inboundCount }
    public var dialedCount: Int { connections.dialedCount }
    public var dialingCount: Int { connections.dialingCount }
    /// Accepted connections whose key exchange or Hello isn't done.
    public var pendingInboundCount: Int { connections.pendingInboundCount(in: .handshake) }
    /// Accepted connections with Hellos whose session isn't open.
    public var pendingSessionCount: Int { connections.pendingInboundCount(in: .session) }
    public var candidateCount: Int { candidates.count }

    /// The points of a node's offences, 0 for an unknown one.
    public func score(of id: NodeID, now: Instant) -> Int { standings[id]?.score(table, now: now) ?? 0 }

    /// What the nodes of an address's range (/24, /64) have done together; 0 for an unknown one.
    public func rangeScore(of ip: IPAddress, now: Instant) -> Int { ranges.score(of: ip, table, now: now) }

    /// Until when a node is banned; nil where it isn't.
    public func ban(of id: NodeID, now: Instant) -> Instant? { standings.ban(of: id, now: now)?.until }

    public func isTrusted(_ id: NodeID) -> Bool { trusted.contains(id) }

    public func isStatic(_ id: NodeID) -> Bool { candidates[id]?.isStatic == true }

    /// When `deadlineReached` is wanted next.
    public var deadline: Instant? {
        [candidates.nextReady, nextReview, nextIdlerCheck].compactMap { $0 }.reduce(nextRotation, min)
    }

    /// Makes candidates ready whose wait is over (then `dialsDue` has them), and rotates peers.
    public mutating func deadlineReached(now: Instant) {
        candidates.wake(now: now)
        if let nextReview, nextReview <= now { reviewSpared(now: now) }
        if nextRotation <= now {
            nextRotation = rotationTime(after: now)
            rotate(now: now)
        }
        if let nextIdlerCheck, nextIdlerCheck <= now { replaceIdlers(now: now) }
    }

    /// Peers promise blocks, that comes to nothing, and the chain stands still: then others are tried, whatever peers have
    /// brought before. Those that promise may be honest and busy, so it costs them a slot and nothing else.
    public mutating func setHeldUp(_ isHeldUp: Bool, now: Instant) {
        guard isHeldUp != self.isHeldUp else { return }
        self.isHeldUp = isHeldUp
        if isHeldUp, let next = nextIdlerCheck { nextIdlerCheck = min(next, now + limits.quietIdlerInterval) }
    }

    /// What the book has decided since the last call.
    public mutating func takeEffects() -> [PeerBookEffect] { effects.drain() }

    mutating func note(_ event: PeerEvent) { effects.append(.event(event)) }

    /// Ends a connection by the book's own decision.
    mutating func close(
        _ connection: ConnectionID, _ reason: DisconnectReason, isExplained: Bool = false, now: Instant
    ) {
        effects.append(.disconnect(connection, reason))
        ended(connection, .local(reason), isExplained: isExplained, now: now)
    }
}
