public import Primitives
public import SansIO

/// Bounds the lines of a log that others can cause: for each peer and cause, and for each cause over all peers.
///
/// A cause is a word of a closed list. A peer gets a few lines at once and then one a minute; a cause as many as an
/// operator can follow, whoever is behind it: identities and connections cost nothing. So a day of whatever strangers do
/// is some megabytes a cause at most, no cause takes another one's lines, and the cause that one peer floods stays open to
/// the others. How many lines were left out is told once a minute.
public struct LineLimit: Sendable {
    /// Lines of one cause about one peer: at once, and from then on in a second.
    static let ofPeer = (burst: 5.0, perSecond: 1.0 / 60)
    /// Lines of one cause about all peers.
    static let ofCause = (burst: 50.0, perSecond: 0.25)
    /// Lines of one cause that only the chain's own signers and this node bring about.
    static let ofChain = (burst: 50.0, perSecond: 2.0)
    /// Peers and causes that are remembered; all are forgotten when there are more, which the limit of a cause outlasts.
    static let maxPeers = 1024
    /// Causes that have a limit of their own; the others share one.
    static let maxCauses = 64
    /// How often it is told what was left out.
    static let reportInterval = Duration.seconds(60)

    private struct PeerCause: Hashable {
        let peer: NodeID
        let cause: String
    }

    private struct Cause {
        var bucket: TokenBucket
        var suppressed = 0
        /// When it is told how many lines were left out.
        var reportAt = Instant.distantFuture
    }

    private var causes: [String: Cause] = [:]
    private var peers: [PeerCause: TokenBucket] = [:]
    private var nextReport = Instant.distantFuture

    private let factor: Double

    /// - Parameter factor: how many times the usual lines are allowed, as to somebody who debugs.
    public init(factor: Double = 1) { self.factor = factor }

    /// Whether a line may be written now.
    ///
    /// - Parameters:
    ///   - peer: whom the line is about; nil where nobody is to blame, and only the limit of the cause counts.
    ///   - isOfChain: whether strangers can't cause such lines. A cause is always of one kind.
    public mutating func admits(
        _ cause: String, of peer: NodeID? = nil, isOfChain: Bool = false, now: Instant
    ) -> Bool {
        let name = causes[cause] != nil || causes.count < Self.maxCauses ? cause : "other"
        var entry = causes[name] ?? Cause(bucket: bucket(isOfChain ? Self.ofChain : Self.ofCause, now))
        let isAdmitted = peer.map { takePeer(PeerCause(peer: $0, cause: name), now) } ?? true
        if isAdmitted, entry.bucket.take(now: now) {
            causes[name] = entry
            return true
        }
        entry.suppressed += 1
        if entry.suppressed == 1 {
            entry.reportAt = now + Self.reportInterval
            nextReport = min(nextReport, entry.reportAt)
        }
        causes[name] = entry
        return false
    }

    /// The causes of which lines were left out a minute ago and since, with how many, by name; each is told once.
    public mutating func suppressed(now: Instant) -> [(cause: String, count: Int)] {
        guard nextReport <= now else { return [] }
        var told: [(cause: String, count: Int)] = []
        nextReport = .distantFuture
        for name in causes.keys.sorted() {
            guard var entry = causes[name], entry.suppressed > 0 else { continue }
            if entry.reportAt <= now {
                told.append((name, entry.suppressed))
                (entry.suppressed, entry.reportAt) = (0, .distantFuture)
                causes[name] = entry
            }
            nextReport = min(nextReport, entry.reportAt)
        }
        return told
    }

    private mutating func takePeer(_ key: PeerCause, _ now: Instant) -> Bool {
        if peers[key] == nil, peers.count >= Self.maxPeers { peers = [:] }
        var bucket = peers[key] ?? bucket(Self.ofPeer, now)
        defer { peers[key] = bucket }
        return bucket.take(now: now)
    }

    private func bucket(_ lines: (burst: Double, perSecond: Double), _ now: Instant) -> TokenBucket {
        TokenBucket(burst: lines.burst * factor, perSecond: lines.perSecond * factor, now: now)
    }
}
