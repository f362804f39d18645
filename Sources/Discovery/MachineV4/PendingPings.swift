import NodeRecord
import Primitives
import SansIO

/// The pings under way, at most one to each peer.
struct PendingPings: Sendable {
    struct Ping: Sendable {
        let contact: NodeContact
        /// What the pong has to name.
        let hash: Hash32
        /// Sent only because the peer has pinged first.
        var isReturn: Bool
        /// Pongs that named it and were opened.
        var opened = 0
    }

    /// Whoever was pinged, and who saw it on the way, can name a ping in junk: so much of it costs a key recovery.
    static let maxOpened = 8

    let capacity: Int
    private var pings: [PeerAddress: (serial: UInt64, ping: Ping)] = [:]
    private var peers: [UInt64: PeerAddress] = [:]
    private var deadlines = DeadlineHeap<UInt64>()
    private var nextSerial: UInt64 = 0

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { pings.count }

    func contains(_ peer: PeerAddress) -> Bool { pings[peer] != nil }

    /// Whether to open a pong that names a ping to this address. Complexity: O(count).
    mutating func mayOpen(pongTo hash: Hash32, from ip: IPAddress) -> Bool {
        guard let (peer, entry) = pings.first(where: { $0.value.ping.hash == hash && $0.key.ip == ip }),
            entry.ping.opened < Self.maxOpened
        else { return false }
        pings[peer]?.ping.opened += 1
        return true
    }

    /// A ping for a reason of our own joins one that is under way.
    mutating func join(_ peer: PeerAddress) { pings[peer]?.ping.isReturn = false }

    mutating func insert(_ ping: Ping, deadline: Instant) {
        let peer = PeerAddress(ping.contact)
        if let serial = pings[peer]?.serial { forget(serial) }
        pings[peer] = (nextSerial, ping)
        peers[nextSerial] = peer
        deadlines.set(nextSerial, to: deadline)
        nextSerial &+= 1
    }

    /// Takes out the ping that a pong answers; nil where there is none with that hash.
    mutating func take(_ peer: PeerAddress, hash: Hash32) -> Ping? {
        guard let (serial, ping) = pings[peer], ping.hash == hash else { return nil }
        forget(serial)
        return ping
    }

    /// Takes out a ping that was not answered in time; nil where there is none.
    mutating func popExpired(_ now: Instant) -> Ping? {
        guard let serial = deadlines.popDue(now), let peer = peers[serial], let ping = pings[peer]?.ping else {
            return nil
        }
        forget(serial)
        return ping
    }

    var deadline: Instant? { mutating get { deadlines.next } }

    private mutating func forget(_ serial: UInt64) {
        if let peer = peers.removeValue(forKey: serial) { pings[peer] = nil }
        deadlines.set(serial, to: nil)
    }
}
