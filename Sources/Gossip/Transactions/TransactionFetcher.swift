import Chain
import DevP2P
import EthWire
import Primitives
import SansIO

/// Fetches announced transactions: each from one peer at a time, the other announcers being alternates
/// (go-ethereum eth/fetcher/tx_fetcher.go).
///
/// A hash waits for half a second, since the transaction may come by itself; then it is queued; then it is fetched. It
/// leaves when it arrives from anywhere, or when no announcer is left. A peer has one request in flight; one that
/// doesn't answer in time isn't asked again until it does.
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
            let peer: Peer
            let type: UInt8
            let size: UInt32
        }

        var stage = Stage.waiting
        var announcers: [Announcer]
    }

    struct Source: Sendable {
        struct Flight: Sendable {
            let id: UInt64
            let hashes: [Hash32]
            let sentAt: Instant
            var isLate = false
        }

        let peer: Peer
        /// What the peer has announced, in order; hashes that are wanted no more are taken out now and then.
        var announced: [Hash32] = []
        var flight: Flight?
    }

    let limits: TransactionGossipLimits
    var wanted: [Hash32: Wanted] = [:]
    var sources: [ConnectionID: Source] = [:]
    /// The keys of `sources`, ascending.
    private var order: [ConnectionID] = []
    /// Hashes that wait for arriving by themselves, by the moment at which they are asked for.
    private var waiting: [(hash: Hash32, due: Instant)] = []
    private var waitingStart = 0
    private var timeouts = DeadlineHeap<ConnectionID>()
    private var nextTimeout: Instant?
    private var nextRequestID: UInt64
    private var random: NodeRandom

    init(limits: TransactionGossipLimits, random: NodeRandom) {
        self.limits = limits
        self.random = random
        nextRequestID = self.random.next()
    }

    var deadline: Instant? {
        let arrival = waitingStart < waiting.count ? waiting[waitingStart].due : nil
        return [arrival, nextTimeout].compactMap { $0 }.min()
    }

    mutating func peerJoined(_ peer: Peer) {
        guard sources[peer.connection] == nil else { return }
        sources[peer.connection] = Source(peer: peer)
        order.insert(peer.connection, at: order.firstIndex { $0 > peer.connection } ?? order.endIndex)
    }

    /// Forgets a peer; what only it had announced is given up.
    mutating func peerLeft(_ peer: Peer) {
        guard let source = sources.removeValue(forKey: peer.connection) else { return }
        order.removeAll { $0 == peer.connection }
        setTimeout(of: peer.connection, nil)
        for hash in source.announced { abandon(hash, by: peer.connection) }
    }

    /// Notes an announcement that isn't known otherwise. Beyond the limits it is ignored.
    ///
    /// - Returns: whether the transaction was waiting for a peer that may be asked.
    mutating func announced(_ entry: Entry, by peer: Peer, now: Instant) -> Bool {
        guard let count = sources[peer.connection]?.announced.count else { return false }
        let announcer = Wanted.Announcer(peer: peer, type: entry.type, size: entry.size)
        if let known = wanted[entry.hash] {
            guard !known.announcers.contains(where: { $0.peer == peer }) else { return false }
        } else if wanted.count >= limits.maxAnnounced {
            return false
        }
        if count >= limits.announcedPerPeer {
            guard clean(peer.connection) < limits.announcedPerPeer else { return false }
        }
        sources[peer.connection]?.announced.append(entry.hash)
        if wanted[entry.hash]?.announcers.append(announcer) == nil {
            wanted[entry.hash] = Wanted(announcers: [announcer])
            waiting.append((entry.hash, now + limits.arrivalWait))
        }
        return wanted[entry.hash]?.stage == .queued
    }

    /// A transaction has arrived: it isn't wanted any more.
    ///
    /// - Returns: the peers that announced another type, or a size that is too far from the true one.
    mutating func arrived(_ transaction: Transaction) -> [Peer] {
        guard let known = wanted.removeValue(forKey: transaction.hash) else { return [] }
        return known.announcers.filter { announcer in
            let difference = abs(Int(announcer.size) - transaction.size)
            return announcer.type != transaction.type.rawValue || difference > EthLimits.announcedSizeTolerance
        }.map(\.peer)
    }

    /// The transaction isn't wanted any more, although it hasn't arrived.
    mutating func forget(_ hash: Hash32) { wanted[hash] = nil }

    /// What an answer to a request holds of what was asked for; nil if nothing was asked, and `isLate` if it came after
    /// its time.
    mutating func answered(_ id: UInt64, by peer: Peer) -> Source.Flight? {
        guard let flight = sources[peer.connection]?.flight, flight.id == id else { return nil }
        sources[peer.connection]?.flight = nil
        setTimeout(of: peer.connection, nil)
        return flight
    }

    /// Settles what an answer did not hold: up to the last delivered hash the peer doesn't have it, the rest was cut off
    /// and may be asked for again.
    mutating func settle(_ flight: Source.Flight, delivered: Set<Hash32>, by peer: Peer) {
        let last = flight.hashes.lastIndex { delivered.contains($0) } ?? flight.hashes.endIndex - 1
        for (place, hash) in flight.hashes.enumerated() where !delivered.contains(hash) {
            let isFetched = wanted[hash]?.stage == .fetching(peer.connection)
            if isFetched { wanted[hash]?.stage = .queued }
            if place <= last { abandon(hash, by: peer.connection) }
        }
    }

    /// Moves on what is due, and hands out requests.
    ///
    /// - Returns: the peers that have not answered in time, and the requests to send.
    mutating func advance(now: Instant) -> (late: [Peer], requests: [Request]) {
        var late: [Peer] = []
        defer { nextTimeout = timeouts.next }
        while let connection = timeouts.popDue(now) {
            guard let source = sources[connection], let flight = source.flight else { continue }
            sources[connection]?.flight?.isLate = true
            late.append(source.peer)
            for hash in flight.hashes where wanted[hash]?.stage == .fetching(connection) {
                wanted[hash]?.stage = .queued
                // It had its chance: the others are asked, and what nobody else has is given up.
                abandon(hash, by: connection)
            }
        }
        if waitingStart < waiting.count, waiting[waitingStart].due <= now {
            while waitingStart < waiting.count, waiting[waitingStart].due <= now + limits.gatherSlack {
                let hash = waiting[waitingStart].hash
                if wanted[hash]?.stage == .waiting { wanted[hash]?.stage = .queued }
                waitingStart += 1
            }
            if waitingStart > 1024, waitingStart > waiting.count / 2 {
                waiting.removeFirst(waitingStart)
                waitingStart = 0
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
            guard let source = sources[connection], source.flight == nil, !source.announced.isEmpty else { continue }
            let hashes = claim(connection)
            guard !hashes.isEmpty else { continue }
            let request = Request(id: nextRequestID, peer: source.peer, hashes: hashes)
            nextRequestID &+= 1
            sources[connection]?.flight = Source.Flight(id: request.id, hashes: hashes, sentAt: now)
            setTimeout(of: connection, now + limits.requestTimeout)
            requests.append(request)
        }
        return requests
    }

    /// Takes the peer's first queued hashes, up to the limits of a request.
    private mutating func claim(_ connection: ConnectionID) -> [Hash32] {
        clean(connection)
        var hashes: [Hash32] = []
        var bytes = 0
        for hash in sources[connection]?.announced ?? [] where wanted[hash]?.stage == .queued {
            guard hashes.count < limits.hashesPerRequest, bytes < limits.bytesPerRequest else { break }
            wanted[hash]?.stage = .fetching(connection)
            hashes.append(hash)
            bytes += Int(wanted[hash]?.announcers.first { $0.peer.connection == connection }?.size ?? 0)
        }
        return hashes
    }

    private mutating func setTimeout(of connection: ConnectionID, _ moment: Instant?) {
        timeouts.set(connection, to: moment)
        nextTimeout = timeouts.next
    }

    /// Takes out of a peer's list what isn't wanted from it any more; how many are left.
    @discardableResult
    private mutating func clean(_ connection: ConnectionID) -> Int {
        guard var source = sources.removeValue(forKey: connection) else { return 0 }
        source.announced.removeAll { !isAnnounced($0, by: connection) }
        sources[connection] = source
        return source.announced.count
    }

    private func isAnnounced(_ hash: Hash32, by connection: ConnectionID) -> Bool {
        wanted[hash]?.announcers.contains { $0.peer.connection == connection } ?? false
    }

    /// The peer is no announcer of the hash any more; without another one it is wanted no more.
    private mutating func abandon(_ hash: Hash32, by connection: ConnectionID) {
        guard var known = wanted[hash] else { return }
        known.announcers.removeAll { $0.peer.connection == connection }
        if known.stage == .fetching(connection) { known.stage = .queued }
        wanted[hash] = known.announcers.isEmpty ? nil : known
    }
}
