import SansIO

/// The endpoint proofs of discv4, in both directions.
///
/// A node responds to a query only if the sender has recently answered its ping, because the response is larger than
/// the query, and the source address could be that of a victim. So there are two sides: peers that have proved their
/// endpoint to us, and peers to which we have proved ours by answering their ping.
struct BondTable: Sendable {
    /// The time for which a pong proves an endpoint (go-ethereum; discv4.md says 12 h).
    static let lifetime = Duration.seconds(24 * 3600)
    /// The time for which we assume that a peer has our proof: shorter, since the peer may forget earlier than we do.
    static let renewal = Duration.seconds(12 * 3600)
    /// After this many failed queries in a row the peer may have lost our proof, and is pinged before the next query.
    static let failuresBeforePing: UInt8 = 5

    private var pongs: BoundedMap<PeerAddress, Instant>
    /// Separate from the pongs, because anyone can fill it.
    private var pings: BoundedMap<PeerAddress, Instant>
    private var failures: BoundedMap<PeerAddress, UInt8>

    init(capacity: Int = 8192) {
        pongs = BoundedMap(capacity: capacity)
        pings = BoundedMap(capacity: capacity)
        failures = BoundedMap(capacity: capacity)
    }

    /// Whether the peer has recently answered a ping of ours.
    func hasProof(of peer: PeerAddress, now: Instant) -> Bool {
        pongs[peer].map { now - $0 < Self.lifetime } ?? false
    }

    /// Whether the peer has our endpoint proof, as far as we can know.
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
        // A peer without our proof, for instance after its restart, doesn't respond; so the next query begins with a
        // ping. go-ethereum waits for five failures, which takes half a minute in a small network.
        if wasSilent { pings[peer] = nil }
        return count
    }

    mutating func querySucceeded(_ peer: PeerAddress) {
        if failures[peer] != nil { failures[peer] = nil }
    }
}
