import Chain
import DevP2P
import EthWire
import Primitives
import SansIO

extension TransactionGossip {
    mutating func receivedTransactions(
        _ list: EncodedList<Transaction>, from peer: Peer, pool: TransactionPool, now: Instant
    ) {
        // What would find no room isn't decoded.
        let room = validatingRoom(of: peer)
        guard room > 0, let transactions = decode(list, from: peer, limit: room) else { return }
        // Blobs never come unasked (EIP-4844), and nobody sends a transaction twice in a message.
        guard transactions.allSatisfy({ $0.type != .blob }), Set(transactions.map(\.hash)).count == transactions.count
        else {
            actions.append(.offence(.protocolBreach, by: peer))
            return
        }
        deliver(transactions, from: peer, pool: pool, now: now)
    }

    mutating func receivedAnnouncements(
        _ announcements: TransactionAnnouncements, from peer: Peer, pool: TransactionPool, now: Instant
    ) {
        guard let index = peers.index(of: peer),
            peers.states[index].announced.take(Double(announcements.count), now: now)
        else { return }
        var isQueued = false
        var hasRoom = fetcher.hasRoom(peer)
        for entry in announcements.entries {
            peers.states[index].known.insert(entry.hash)
            guard hasRoom, isUnknown(entry.hash, pool: pool, now: now), isSupported(entry) else { continue }
            if fetcher.announced(entry, by: peer, now: now) { isQueued = true }
            hasRoom = fetcher.hasRoom(peer)
        }
        if isQueued { advanceFetcher(now: now) }
    }

    mutating func receivedAnswer(
        _ id: UInt64, _ list: EncodedList<PooledTransaction>, from peer: Peer, pool: TransactionPool, now: Instant
    ) {
        guard let flight = fetcher.answered(id, by: peer), list.count <= flight.hashes.count else {
            actions.append(.offence(.unsolicitedResponse, by: peer))
            return
        }
        let transactions = decode(list, from: peer, limit: list.count)?.map(\.transaction) ?? []
        let hashes = Set(transactions.map(\.hash))
        if fetcher.settle(flight, delivered: hashes, by: peer) {
            actions.append(.offence(.uselessResponse, by: peer))
        }
        if hashes.count < transactions.count || !hashes.isSubset(of: flight.hashes) {
            actions.append(.offence(.unsolicitedResponse, by: peer))
        } else if isAccepting {
            if !transactions.isEmpty {
                let latency = now - flight.sentAt
                actions.append(.credit(.usefulResponse, to: peer, bytes: list.payload.count, latency: latency))
            }
            deliver(transactions, from: peer, pool: pool, now: now)
        }
        for hash in hashes { fetcher.forget(hash) }
        advanceFetcher(now: now)
    }

    /// Hands out for validation what is new.
    private mutating func deliver(_ transactions: [Transaction], from peer: Peer, pool: TransactionPool, now: Instant) {
        guard let index = peers.index(of: peer) else { return }
        var room = validatingRoom(of: peer)
        var fresh: [Transaction] = []
        for transaction in transactions {
            peers.states[index].known.insert(transaction.hash)
            for liar in fetcher.arrived(transaction) { actions.append(.offence(.protocolBreach, by: liar)) }
            guard room > 0, isUnknown(transaction.hash, pool: pool, now: now) else { continue }
            validating.insert(transaction.hash)
            fresh.append(transaction)
            room -= 1
        }
        peers.states[index].validating += fresh.count
        if !fresh.isEmpty { actions.append(.validate(fresh, from: peer)) }
    }

    /// How many more of a peer's transactions may be validated.
    private func validatingRoom(of peer: Peer) -> Int {
        peers.index(of: peer).map { limits.validatingPerPeer - peers.states[$0].validating } ?? 0
    }

    private mutating func isUnknown(_ hash: Hash32, pool: TransactionPool, now: Instant) -> Bool {
        guard !pool.contains(hash), !validating.contains(hash), !included.contains(hash) else { return false }
        refused.expire(now)
        return !refused.contains(hash)
    }

    /// Whether the pool could take such a transaction: one of a known type, not a blob, and not oversized.
    private func isSupported(_ entry: TransactionAnnouncements.Entry) -> Bool {
        guard let type = TransactionType(rawValue: entry.type), type != .blob else { return false }
        return entry.size <= EthLimits.maxPooledTransactionBytes + EthLimits.announcedSizeTolerance
    }

    /// The first `limit` items of a list; nil where one of them is the peer's offence.
    private mutating func decode<Item>(_ list: EncodedList<Item>, from peer: Peer, limit: Int) -> [Item]? {
        do throws(WireError) {
            return try list.items().prefix(limit).map { (item) throws(WireError) in try list.decode(item) }
        } catch {
            actions.append(.offence(error.offence, by: peer))
            return nil
        }
    }

    mutating func advanceFetcher(now: Instant) {
        let (late, requests) = fetcher.advance(now: now)
        for peer in late { actions.append(.offence(.requestTimeout, by: peer)) }
        for request in requests {
            actions.append(
                .send(.getPooledTransactions(requestID: request.id, request.hashes), to: [request.peer]))
        }
    }
}
