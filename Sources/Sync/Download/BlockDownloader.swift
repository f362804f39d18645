public import Chain
public import Consensus
public import DevP2P
public import EthWire
public import Primitives
public import SansIO
public import Storage

/// Brings the local chain up to the best one that peers have.
///
/// It follows one peer at a time, drawn of those that promise more than there is: finds the last common block
/// (`AncestorSearch`), takes that peer's headers in their order, asks all peers for the bodies, and hands complete blocks
/// over to be imported. Then it looks again, until no peer has anything unknown. The same goes for a long way to catch up
/// with, for a branch, and for a single block that gossip has missed.
///
///     idle -- others have promised more for nothing --> searching, with a peer that promises nothing
///     idle -- a peer promises more --> checking -- head unknown --> searching -- ancestor --> fetching
///     checking -- head known --> idle      searching, fetching -- peer left, useless or caught lying --> idle
///     fetching -- everything imported, or a body that nobody sends --> idle
///
/// Sans-IO. Requests, work for other threads and imports are `DownloadAction`s; their results come back by the methods
/// below. A result that belongs to an earlier session is dropped.
///
/// What is held is bounded by `DownloadLimits`. Headers are only checked to follow each other: the consensus engine
/// judges them when they are imported, a few at a time, so a peer can make this node fetch no more than one queue of
/// blocks for nothing.
public struct BlockDownloader: Sendable {
    /// A request that a peer owes the answer to, and the session that it is for.
    enum Request: Sendable {
        case headers(session: UInt64, HeadersRequest)
        case bodies(session: UInt64, numbers: [UInt64])
    }

    /// What a task underway is about.
    enum TaskContext: Sendable {
        case head
        case headers(HeadersRequest)
        case bodies(numbers: [UInt64], from: Peer)
    }

    /// Blocks handed over to be imported.
    struct Import: Sendable {
        let id: UInt64
        let session: UInt64
        let count: Int
        let bytes: Int
    }

    let limits: DownloadLimits
    let genesis: BlockReference
    var local: LocalHead
    /// What the local head was of late: peers announce blocks long after they have come from others.
    var recentHeads = RecentSet<Hash32>(capacity: 256)
    /// When a peer that promises nothing may be asked whether it has more: not before the head has stayed the same for a
    /// while. Nil until there are peers.
    var nextProbe: Instant?
    var random: NodeRandom
    /// The time of day, which blocks may be ahead of.
    package internal(set) var wall = WallClock()
    var peers: [ConnectionID: DownloadPeer] = [:]
    /// The keys of `peers`, ascending.
    var order: [ConnectionID] = []
    var requests: RequestTracker<Request>
    var session: DownloadSession?
    /// The blocks of the session. Not a part of it, so that a copy of the session is no copy of the queue.
    var queue: BlockQueue
    /// The work of the current session that is underway.
    var tasks: [UInt64: TaskContext] = [:]
    /// The import underway; it may outlive its session.
    var importing: Import?
    var lastID: UInt64 = 0
    var outbox = Outbox<DownloadAction>()

    /// - Parameters:
    ///   - genesis: the hash of block 0, which all peers share.
    ///   - head: the local chain's.
    public init(genesis: Hash32, head: ChainHead, limits: DownloadLimits = .standard, random: NodeRandom) {
        self.limits = limits
        self.genesis = BlockReference(number: 0, hash: genesis)
        local = LocalHead(number: head.number, hash: head.hash, totalDifficulty: head.totalDifficulty)
        self.random = random
        recentHeads.insert(head.hash, now: Instant(unixSeconds: 0))
        queue = BlockQueue(minBodyEstimate: limits.minBodyEstimate)
        requests = RequestTracker(maxPerPeer: 4, maxCount: 4 * (limits.maxBodyRequests + 1))
    }

    /// How far the catching up has come; nil where there is none, or too little to speak of.
    ///
    /// It begins once `graceGap` blocks of a peer have turned out valid, if there are more to come: headers alone prove
    /// nothing, and who can't seal blocks shall not be able to make a node think that it is behind.
    public var progress: DownloadProgress? {
        guard let session, session.isAnnounced else { return nil }
        return DownloadProgress(current: local.number, target: max(session.target, local.number))
    }

    /// The peer whose chain is being followed.
    public var followedPeer: Peer? { session?.master }

    /// Blocks and bytes held: queued, or handed over and not yet imported.
    public var held: (blocks: Int, bytes: Int) {
        (queue.count + (importing?.count ?? 0), queue.bytes + (importing?.bytes ?? 0))
    }

    /// When `deadlineReached` is wanted.
    public var deadline: Instant? {
        var earliest = requests.deadline
        func note(_ deadline: Instant?) {
            if let deadline { earliest = min(earliest ?? deadline, deadline) }
        }
        note(nextStart)
        if let session {
            note(session.patience)
            note(session.front.map { $0.since + limits.bodiesPatience })
            note(session.stall?.alarm)
        }
        return earliest
    }

    /// What has been decided since the last call.
    public mutating func takeActions() -> [DownloadAction] { outbox.drain() }

    // MARK: Events

    /// A peer has sent its Status.
    public mutating func peerJoined(_ peer: Peer, head: PeerHead, now: Instant) {
        guard peers[peer.connection] == nil else { return }
        nextProbe = nextProbe ?? now + limits.probeInterval
        var entry = DownloadPeer(peer, head: head, limits: limits, now: now)
        entry.isHeadKnown = isKnown(head)
        peers[peer.connection] = entry
        let place = order.firstIndex { $0 > peer.connection } ?? order.endIndex
        order.insert(peer.connection, at: place)
        proceed(now)
    }

    /// The peer is gone: what it owes is asked of others.
    public mutating func peerLeft(_ peer: Peer, now: Instant) {
        guard peers.removeValue(forKey: peer.connection) != nil else { return }
        order.removeAll { $0 == peer.connection }
        for failed in requests.peerLeft(peer) { giveBack(failed.pending.pending, now) }
        if session?.master == peer { stopHeaders(now) }
        proceed(now)
    }

    /// The peer has announced another head, by whatever message.
    ///
    /// - Parameters:
    ///   - isWanted: the peer sent this block and its parent is unknown here, so that the peer's branch is to be fetched
    ///     even if it doesn't promise more than the local one. Without it gossip gets some time first.
    ///   - isOnlyHash: the peer has told no more than the hash, and nobody else will ask for the block. Then the time
    ///     for gossip is short.
    public mutating func headChanged(
        of peer: Peer, to head: PeerHead, isWanted: Bool = false, isOnlyHash: Bool = false, now: Instant
    ) {
        guard var entry = peers[peer.connection] else { return }
        let hadNothing = entry.isHeadKnown
        if entry.head.hash != head.hash { entry.isHeadKnown = isKnown(head) }
        entry.head = head
        entry.isWanted = !entry.isHeadKnown && (entry.isWanted || isWanted)
        let isFarAhead = head.number.map { $0 > local.number && $0 - local.number > limits.graceGap } ?? false
        if hadNothing, !entry.isWanted, !isFarAhead {
            let grace = isOnlyHash ? limits.hashGrace : limits.announceGrace
            entry.notBefore = max(entry.notBefore, now + grace)
        }
        peers[peer.connection] = entry
        if let number = head.number, let current = session, current.master == peer {
            session?.target = max(current.target, number)
        }
        proceed(now)
    }

    /// The local head has moved, by gossip or by sealing.
    public mutating func localHeadChanged(_ head: ChainHead, now: Instant) {
        setLocal(head, now)
        proceed(now)
    }

    /// The system clock was set: peers whose blocks were of the future may be followed at once.
    public mutating func clockSet(_ wall: WallClock, now: Instant) {
        self.wall = wall
        for id in order where peers[id]?.isOfFuture == true {
            peers[id]?.isOfFuture = false
            peers[id]?.notBefore = now
        }
        proceed(now)
    }

    /// The request that an answer belongs to. One that isn't empty is to the peer's credit; what it is worth shows later,
    /// and a false one costs more than it brings.
    private mutating func answer(
        _ id: UInt64, from peer: Peer, bytes: Int, _ now: Instant
    ) -> RequestTable<Request>.Answer {
        switch requests.answer(id, from: peer, bytes: bytes, now: now) {
        case .expected(let request):
            if bytes > 0 {
                outbox.append(.credit(.usefulResponse, to: peer, bytes: bytes, latency: now - request.sentAt))
            }
            return .expected(request.pending)
        case .late: return .late
        case .unsolicited: return .unsolicited
        }
    }

    /// How a peer has answered requests for headers and bodies; nil where it wasn't asked yet.
    public func responses(of peer: Peer) -> ResponseRecord? { requests.record(of: peer) }

    /// BlockHeaders has come.
    public mutating func headersReceived(
        _ headers: EncodedList<Header>, requestID: UInt64, from peer: Peer, now: Instant
    ) {
        switch answer(requestID, from: peer, bytes: headers.payload.count, now) {
        case .expected(.headers(let owner, let request)):
            guard owner == session?.id, session?.isAwaitingHeaders == true else { break }
            guard UInt64(headers.count) <= request.limit else {
                blameMaster(.protocolBreach, now)
                break
            }
            run(.headers(headers), context: .headers(request))
        case .expected(let other):
            // An answer of the wrong kind.
            giveBack(other, now)
            peers[peer.connection]?.fetching = []
            exclude(peer, .protocolBreach)
        case .late: break
        case .unsolicited: outbox.append(.report(.unsolicitedResponse, by: peer))
        }
        proceed(now)
    }

    /// BlockBodies has come.
    public mutating func bodiesReceived(
        _ bodies: EncodedList<BlockBody>, requestID: UInt64, from peer: Peer, now: Instant
    ) {
        switch answer(requestID, from: peer, bytes: bodies.payload.count, now) {
        case .expected(.bodies(let owner, let numbers)):
            peers[peer.connection]?.fetching = []
            if owner == session?.id { takeBodies(bodies, numbers, from: peer) }
        case .expected(let other):
            giveBack(other, now)
            outbox.append(.report(.protocolBreach, by: peer))
        case .late: break
        case .unsolicited: outbox.append(.report(.unsolicitedResponse, by: peer))
        }
        proceed(now)
    }

    /// A `run` action's task has ended.
    public mutating func taskCompleted(_ result: DownloadTaskResult, now: Instant) {
        guard let context = tasks.removeValue(forKey: result.id) else { return }
        switch (context, result.outcome) {
        case (.head, .found(let isKnown)): headChecked(isKnown, now)
        case (.headers(let request), .headers(let headers, let hashes, let known)):
            headersDecoded(headers, hashes, known: known, request: request, now)
        case (.bodies(let numbers, let peer), .blocks(let blocks, let areAllValid)):
            bodiesChecked(blocks, areAllValid: areAllValid, numbers, from: peer)
        case (.headers, .malformed): blameMaster(.malformedMessage, now)
        case (.bodies(let numbers, let peer), .malformed):
            queue.markMissing(numbers)
            exclude(peer, .malformedMessage)
        case (.head, _), (.headers, _), (.bodies, _): end(now, backOff: true)
        }
        proceed(now)
    }

    /// An `importBlocks` action has ended.
    public mutating func importCompleted(_ id: UInt64, _ outcome: ImportOutcome, now: Instant) {
        guard let done = importing, done.id == id else { return }
        importing = nil
        if let head = outcome.newHead { setLocal(head, now) }
        if let failure = outcome.failure {
            importFailed(failure, isCurrent: session?.id == done.session, now)
        } else if session?.id == done.session {
            session?.validBlocks += done.count - outcome.knownCount
            announceProgress()
        }
        proceed(now)
    }

    /// The time that `deadline` named has come.
    public mutating func deadlineReached(now: Instant) {
        while let failed = requests.popTimedOut(now: now) { timedOut(failed, now) }
        loseBodiesPatience(now)
        proceed(now)
    }
}
