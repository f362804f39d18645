import Chain
import DequeModule
import DevP2P
import EthWire
import Primitives
import SansIO

/// Fetches announced transactions: each from one peer at a time, the other announcers being alternates
/// (go-ethereum eth/fetcher/tx_fetcher.go).
///
/// A hash waits for half a second, since the transaction may come by itself; then it is queued; then it is fetched. It
/// leaves when it arrives from anywhere, or when no announcer is left. A peer has one request in flight; one that
/// doesn't respond in time isn't asked again until it does.
///
/// What a peer sends costs in proportion to its length: counts are kept on change, and a hash is put into the lines of
/// its announcers when it becomes queued, so that nobody has to look for it.
struct TransactionFetcher: Sendable {
    typealias Entry = TransactionAnnouncements.Entry

    /// A request to be sent.
    struct Request: Sendable {
        let id: UInt64
        let peer: Peer
        let hashes: [Hash32]
    }

    struct Wanted: Sendable {
        enum Stage: Equatable, Sendable {
            case waiting
            case queued
            case fetching(ConnectionID)
        }

        struct Announcer: Sendable {
            let connection: ConnectionID
            let type: UInt8
            let size: UInt32
            /// Whether the hash is in its line.
            var isInLine = false
        }

        var stage = Stage.waiting
        var announcers: [Announcer]
    }

    struct Source: Sendable {
        struct Flight: Sendable {
            let id: UInt64
            let hashes: [Hash32]
            let sentAt: Instant
        }

        let peer: Peer
        /// How many of the wanted hashes it has announced.
        var count = 0
        /// What it has announced, and some that is wanted no more.
        var announced: HashLine
        /// What it may be asked for, in order, and some that is wanted no more or asked from somebody else.
        var line: HashLine
        var flight: Flight?
        /// How many more of what it was asked for it has lacked than delivered, up to one more than it may.
        var lacking = 0

        init(_ peer: Peer, capacity: Int) {
            self.peer = peer
            announced = HashLine(capacity: 2 * capacity)
            line = HashLine(capacity: 2 * capacity)
        }
    }

    let limits: TransactionGossipLimits
    private var wanted: [Hash32: Wanted] = [:]
    private var sources: [ConnectionID: Source] = [:]
    /// The keys of `sources`, ascending.
    private var order: [ConnectionID] = []
    /// Hashes that wait for arriving by themselves, by the moment at which they are asked for.
    private var waiting = Deque<(hash: Hash32, due: Instant)>()
    private var timeouts = DeadlineHeap<ConnectionID>()
    private var nextTimeout: Instant?
    private var nextRequestID: UInt64
    private var random: NodeRandom

    init(limits: TransactionGossipLimits, random: NodeRandom) {
        self.limits = limits
        self.random = random
        nextRequestID = self.random.next()
    }

    var deadline: Instant? { [waiting.first?.due, nextTimeout].compactMap { $0 }.min() }

    mutating func peerJoined(_ peer: Peer) {
        guard sources[peer.connection] == nil else { return }
        sources[peer.connection] = Source(peer, capacity: limits.announcedPerPeer)
        order.insert(peer.connection, at: order.firstIndex { $0 > peer.connection } ?? order.endIndex)
    }

    /// Forgets a peer; what only it had announced is given up.
    mutating func peerLeft(_ peer: Peer) {
        guard let source = sources.removeValue(forKey: peer.connection) else { return }
        order.removeAll { $0 == peer.connection }
        setTimeout(of: peer.connection, nil)
        for hash in source.announced.hashes { abandon(hash, by: peer.connection) }
    }

    /// Whether another announcement of the peer is noted: up to its limit, and beyond the limit of all up to its equal
    /// part, so that nobody's silent peers take the share of the others.
    func hasRoom(_ peer: Peer) -> Bool {
        guard let count = sources[peer.connection]?.count, count < limits.announcedPerPeer else { return false }
        return wanted.count < limits.maxAnnounced || count < limits.maxAnnounced / sources.count
    }

    /// Notes an announcement that isn't known otherwise. Beyond the limits it is ignored.
    ///
    /// - Returns: whether the transaction was waiting for a peer that may be asked.
    mutating func announced(_ entry: Entry, by peer: Peer, now: Instant) -> Bool {
        let connection = peer.connection
        guard hasRoom(peer), !isAnnounced(entry.hash, by: connection) else { return false }
        let announcer = Wanted.Announcer(connection: connection, type: entry.type, size: entry.size)
        if wanted[entry.hash]?.announcers.append(announcer) == nil {
            wanted[entry.hash] = Wanted(announcers: [announcer])
            waiting.append((entry.hash, now + limits.arrivalWait))
        }
        if var source = sources.removeValue(forKey: connection) {
            source.count += 1
            source.announced.append(entry.hash) { isAnnounced($0, by: connection) }
            sources[connection] = source
        }
        guard wanted[entry.hash]?.stage == .queued else { return false }
        queue(entry.hash)
        return true
    }

    /// A transaction has arrived: it isn't wanted any more.
    ///
    /// - Returns: the peers that announced another type, or a size that is too far from the true one.
    mutating func arrived(_ transaction: Transaction) -> [Peer] {
        remove(transaction.hash).filter { announcer in
            let difference = abs(Int(announcer.size) - transaction.size)
            return announcer.type != transaction.type.rawValue || difference > EthLimits.announcedSizeTolerance
        }.compactMap { sources[$0.connection]?.peer }
    }

    /// The transaction isn't wanted any more, although it hasn't arrived.
    mutating func forget(_ hash: Hash32) { _ = remove(hash) }

    /// The request that a peer has responded to, in time or not; nil if nothing was asked.
    mutating func answered(_ id: UInt64, by peer: Peer) -> Source.Flight? {
        guard let flight = sources[peer.connection]?.flight, flight.id == id else { return nil }
        sources[peer.connection]?.flight = nil
        setTimeout(of: peer.connection, nil)
        return flight
    }

    /// Takes what a response did not hold: up to the last delivered hash the peer doesn't have it, the rest was cut off
    /// and may be asked for again.
    ///
    /// An honest peer lacks what it has announced where that has been replaced, pushed out or included since, which others
    /// can bring about. So what came from elsewhere or is in a block known here doesn't count, what is delivered makes up
    /// for what isn't, and some is borne.
    ///
    /// - Returns: whether the peer lacks too much of what it was asked for, all of which it had announced.
    mutating func settle(_ flight: Source.Flight, delivered: Set<Hash32>, by peer: Peer) -> Bool {
        let last = flight.hashes.lastIndex { delivered.contains($0) } ?? flight.hashes.endIndex - 1
        var change = -delivered.count
        for (index, hash) in flight.hashes.enumerated() where !delivered.contains(hash) {
            let isFetched = wanted[hash]?.stage == .fetching(peer.connection)
            if index <= last {
                if isFetched { change += 1 }
                abandon(hash, by: peer.connection)
            } else if isFetched {
                queue(hash)
            }
        }
        let lacking = (sources[peer.connection]?.lacking ?? 0) + change
        sources[peer.connection]?.lacking = min(max(0, lacking), limits.maxLacking + 1)
        return change > 0 && lacking > limits.maxLacking
    }

    /// Moves on what is due, and hands out requests.
    ///
    /// - Returns: the peers that have not responded in time, and the requests to send.
    mutating func advance(now: Instant) -> (late: [Peer], requests: [Request]) {
        var late: [Peer] = []
        defer { nextTimeout = timeouts.next }
        while let connection = timeouts.popDue(now) {
            guard let source = sources[connection], let flight = source.flight else { continue }
            late.append(source.peer)
            for hash in flight.hashes where wanted[hash]?.stage == .fetching(connection) {
                // It had its chance: the others are asked, and what nobody else has is given up.
                abandon(hash, by: connection)
            }
        }
        if let due = waiting.first?.due, due <= now {
            while let (hash, due) = waiting.first, due <= now + limits.gatherSlack {
                waiting.removeFirst()
                if wanted[hash]?.stage == .waiting { queue(hash) }
            }
        }
        return (late, requests(now: now))
    }

    /// A request for each idle peer that has announced something queued. The first peer is drawn at random, so that not
    /// always the same one is asked.
    private mutating func requests(now: Instant) -> [Request] {
        guard !order.isEmpty, !wanted.isEmpty else { return [] }
        var requests: [Request] = []
        let start = Int.random(in: 0..<order.count, using: &random)
        for connection in order[start...] + order[..<start] {
            guard let peer = idlePeer(connection) else { continue }
            let hashes = claim(connection)
            guard !hashes.isEmpty else { continue }
            let request = Request(id: nextRequestID, peer: peer, hashes: hashes)
            nextRequestID &+= 1
            sources[connection]?.flight = Source.Flight(id: request.id, hashes: hashes, sentAt: now)
            setTimeout(of: connection, now + limits.requestTimeout)
            requests.append(request)
        }
        return requests
    }

    /// The peer of a connection, if it has no request and may have something to be asked for.
    private func idlePeer(_ connection: ConnectionID) -> Peer? {
        guard let source = sources[connection], source.flight == nil, !source.line.isEmpty else { return nil }
        return source.peer
    }

    /// Takes the peer's first queued hashes, up to the limits of a request.
    private mutating func claim(_ connection: ConnectionID) -> [Hash32] {
        var hashes: [Hash32] = []
        var bytes = 0
        while hashes.count < limits.hashesPerRequest, bytes < limits.bytesPerRequest,
            let hash = sources[connection]?.line.popFirst()
        {
            guard let index = wanted[hash]?.announcers.firstIndex(where: { $0.connection == connection }) else {
                continue
            }
            wanted[hash]?.announcers[index].isInLine = false
            guard wanted[hash]?.stage == .queued else { continue }
            wanted[hash]?.stage = .fetching(connection)
            hashes.append(hash)
            bytes += Int(wanted[hash]?.announcers[index].size ?? 0)
        }
        return hashes
    }

    private mutating func setTimeout(of connection: ConnectionID, _ moment: Instant?) {
        timeouts.set(connection, to: moment)
        nextTimeout = timeouts.next
    }

    private func isAnnounced(_ hash: Hash32, by connection: ConnectionID) -> Bool {
        wanted[hash]?.announcers.contains { $0.connection == connection } ?? false
    }
}

// Where a hash goes.
extension TransactionFetcher {
    /// The hash may be asked for: it goes into the lines of its announcers where it isn't there yet.
    private mutating func queue(_ hash: Hash32) {
        guard var known = wanted.removeValue(forKey: hash) else { return }
        known.stage = .queued
        for index in known.announcers.indices where !known.announcers[index].isInLine {
            let connection = known.announcers[index].connection
            guard var source = sources.removeValue(forKey: connection) else { continue }
            known.announcers[index].isInLine = true
            source.line.append(hash) { isAnnounced($0, by: connection) }
            sources[connection] = source
        }
        wanted[hash] = known
    }

    /// The peer is no announcer of the hash any more; without another one it is wanted no more.
    private mutating func abandon(_ hash: Hash32, by connection: ConnectionID) {
        guard let index = wanted[hash]?.announcers.firstIndex(where: { $0.connection == connection }) else { return }
        wanted[hash]?.announcers.remove(at: index)
        sources[connection]?.count -= 1
        if wanted[hash]?.announcers.isEmpty ?? true {
            wanted[hash] = nil
        } else if wanted[hash]?.stage == .fetching(connection) {
            queue(hash)
        }
    }

    /// The hash is wanted no more; its announcers.
    private mutating func remove(_ hash: Hash32) -> [Wanted.Announcer] {
        guard let announcers = wanted.removeValue(forKey: hash)?.announcers else { return [] }
        for announcer in announcers { sources[announcer.connection]?.count -= 1 }
        return announcers
    }
}
