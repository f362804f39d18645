import NodeRecord
import Primitives
import SansIO

/// The pending pings, at most one to each peer.
struct PendingPings: Sendable {
    struct Ping: Sendable {
        let contact: NodeContact
        /// The hash of the ping, which the pong must contain.
        let hash: Hash32
        /// Whether it was sent only because the peer had pinged.
        var isReturn: Bool
        /// The number of admitted pongs with its hash.
        var opened = 0
    }

    /// The maximum number of pongs admitted per ping: the pinged node, and anyone on the path, can send invalid ones
    /// with its hash.
    static let maxOpened = 8

    let capacity: Int
    private var pings: [PeerAddress: (serial: UInt64, ping: Ping)] = [:]
    private var peers: [UInt64: PeerAddress] = [:]
    private var deadlines = DeadlineHeap<UInt64>()
    private var nextSerial: UInt64 = 0

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { pings.count }

    func contains(_ peer: PeerAddress) -> Bool { pings[peer] != nil }

    /// Whether a pong answers a pending ping to this address, and is within its limit; counts the pong. Complexity:
    /// O(count).
    mutating func admitPong(to hash: Hash32, from ip: IPAddress) -> Bool {
        guard let (peer, entry) = pings.first(where: { $0.value.ping.hash == hash && $0.key.ip == ip }),
            entry.ping.opened < Self.maxOpened
        else { return false }
        pings[peer]?.ping.opened += 1
        return true
    }

    /// Marks a pending ping as wanted by this node too.
    mutating func join(_ peer: PeerAddress) { pings[peer]?.ping.isReturn = false }

    mutating func insert(_ ping: Ping, deadline: Instant) {
        let peer = PeerAddress(ping.contact)
        if let serial = pings[peer]?.serial { forget(serial) }
        pings[peer] = (nextSerial, ping)
        peers[nextSerial] = peer
        deadlines.set(nextSerial, to: deadline)
        nextSerial &+= 1
    }

    /// Removes and returns the ping that a pong answers; nil if there is none with this hash.
    mutating func take(_ peer: PeerAddress, hash: Hash32) -> Ping? {
        guard let (serial, ping) = pings[peer], ping.hash == hash else { return nil }
        forget(serial)
        return ping
    }

    /// Removes and returns a ping that was not answered in time; nil if there is none.
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
