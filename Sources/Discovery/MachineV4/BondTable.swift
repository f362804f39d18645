import SansIO

/// Who has proved what: the endpoint proofs of discv4.
///
/// A node answers a query only of a peer that has answered its ping lately, because the answer is larger than the
/// query and the sender's address could be a victim's. So there are two sides: whom we have proof of, and who may have
/// proof of us since it has pinged us and got our pong.
struct BondTable: Sendable {
    /// How long a pong proves an endpoint (go-ethereum; discv4.md says 12 h).
    static let lifetime = Duration.seconds(24 * 3600)
    /// How long we count on a peer to hold us for proved: shorter, since the peer may forget earlier than we do.
    static let renewal = Duration.seconds(12 * 3600)
    /// With this many unanswered queries in a row a peer may have forgotten us and is pinged before the next one.
    static let failuresBeforePing: UInt8 = 5

    private var pongs: BoundedMap<PeerAddress, Instant>
    /// Apart from the pongs, because anyone can fill it.
    private var pings: BoundedMap<PeerAddress, Instant>
    private var failures: BoundedMap<PeerAddress, UInt8>

    init(capacity: Int = 8192) {
        pongs = BoundedMap(capacity: capacity)
        pings = BoundedMap(capacity: capacity)
        failures = BoundedMap(capacity: capacity)
    }

    /// Whether the peer has answered a ping of ours lately.
    func hasProof(of peer: PeerAddress, now: Instant) -> Bool {
        pongs[peer].map { now - $0 < Self.lifetime } ?? false
    }

    /// Whether the peer should hold us for proved, as far as we can know.
    func isProved(to peer: PeerAddress, now: Instant) -> Bool {
        pings[peer].map { now - $0 < Self.renewal } ?? false && (failures[peer] ?? 0) <= Self.failuresBeforePing
    }

    func lastPong(of peer: PeerAddress) -> Instant? { pongs[peer] }

    mutating func pongReceived(from peer: PeerAddress, now: Instant) { pongs[peer] = now }

    mutating func pingReceived(from peer: PeerAddress, now: Instant) {
        pings[peer] = now
        if failures[peer] != nil { failures[peer] = nil }
    }

    /// - Returns: the number of queries in a row that failed.
    mutating func queryFailed(_ peer: PeerAddress, wasSilent: Bool) -> UInt8 {
        let count = min((failures[peer] ?? 0) + 1, 100)
        failures[peer] = count
        // Silence is what a peer answers that has no proof of us, for instance after a restart; the next query begins
        // with a ping. go-ethereum waits for five failures, which in a small network is half a minute.
        if wasSilent { pings[peer] = nil }
        return count
    }

    mutating func querySucceeded(_ peer: PeerAddress) {
        if failures[peer] != nil { failures[peer] = nil }
    }
}
