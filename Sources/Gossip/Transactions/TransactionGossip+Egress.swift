import Chain
import DevP2P
import EthWire
import Primitives
import RLP
import SansIO

extension TransactionGossip {
    /// Responds in the order of the request until 2 MiB are reached; what isn't in the pool is left out.
    mutating func answer(
        _ id: UInt64, _ hashes: [Hash32], to peer: Peer, pool: TransactionPool, now: Instant
    ) {
        guard let index = peers.index(of: peer) else { return }
        var items: [[UInt8]] = []
        var bytes = 0
        for hash in hashes {
            guard bytes < EthLimits.softResponseBytes else { break }
            guard let transaction = pool[hash]?.transaction else { continue }
            // An exhausted peer or a full line gets a shorter response, but one with something in it as long as that is
            // small: an empty one would say that what was announced isn't there.
            let isFree = items.isEmpty && transaction.size <= EthLimits.maxBroadcastTransactionBytes
            guard isFree || bytes < uploadRoom else { break }
            guard peers.states[index].served.take(Double(transaction.size), now: now) || isFree else { break }
            items.append(transaction.rlp)
            bytes += transaction.size
            peers.states[index].known.insert(hash)
        }
        actions.append(.send(.pooledTransactions(requestID: id, EncodedList(encoded: items)), to: [peer]))
    }

    mutating func flushTransactions(_ pool: TransactionPool, now: Instant) {
        lastBroadcast = now
        var packets = PacketGrouping()
        var isLeft = false
        for index in peers.states.indices {
            for _ in 0..<limits.packetsPerBatch where !peers.states[index].transactions.isEmpty {
                packets.add(nextPacket(index, pool), to: peers.states[index].peer)
            }
            isLeft = isLeft || !peers.states[index].transactions.isEmpty
        }
        broadcastDue = isLeft ? now + limits.broadcastInterval : nil
        for (hashes, receivers) in packets.groups {
            let items = hashes.compactMap { pool[$0]?.transaction.rlp }
            actions.append(.send(.transactions(EncodedList(encoded: items)), to: receivers))
        }
    }

    /// Takes transactions from the queue up to the size of a packet: those that are still in the pool and that the peer
    /// has not got otherwise meanwhile.
    private mutating func nextPacket(_ index: Int, _ pool: TransactionPool) -> [Hash32] {
        var hashes: [Hash32] = []
        var bytes = 0
        while bytes < EthLimits.packetBytes, let hash = peers.states[index].transactions.popFirst() {
            guard let transaction = pool[hash]?.transaction, peers.states[index].known.insert(hash) else { continue }
            hashes.append(hash)
            bytes += transaction.size
        }
        return hashes
    }

    mutating func flushAnnouncements(_ pool: TransactionPool, now: Instant) {
        lastAnnouncement = now
        var packets = PacketGrouping()
        var isLeft = false
        let perPacket = EthLimits.packetBytes / Hash32.byteCount
        for index in peers.states.indices {
            for _ in 0..<limits.packetsPerBatch where !peers.states[index].announcements.isEmpty {
                var hashes: [Hash32] = []
                while hashes.count < perPacket, let hash = peers.states[index].announcements.popFirst() {
                    if pool.contains(hash), peers.states[index].known.insert(hash) { hashes.append(hash) }
                }
                packets.add(hashes, to: peers.states[index].peer)
            }
            isLeft = isLeft || !peers.states[index].announcements.isEmpty
        }
        announceDue = isLeft ? now + limits.announceInterval : nil
        for (hashes, receivers) in packets.groups {
            let entries = hashes.compactMap { pool[$0].map { TransactionAnnouncements.Entry($0.transaction) } }
            actions.append(.send(.newPooledTransactionHashes(TransactionAnnouncements(entries)), to: receivers))
        }
    }
}
