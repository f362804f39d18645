/// The bounds and times of a download.
public struct DownloadLimits: Sendable, Hashable {
    /// Headers a request. 192, as in go-ethereum: every implementation serves that many.
    public var headersPerRequest = 192
    /// The most bodies a request; each peer begins with `initialBodiesPerRequest` and earns more.
    public var bodiesPerRequest = 128
    public var initialBodiesPerRequest = 16
    /// Headers of both chains that the first request compares: a fork that is not deeper costs no further request.
    public var overlap: UInt64 = 32
    /// Headers apart that one request of the search for the common ancestor compares.
    public var searchPoints: UInt64 = 128
    /// The most blocks between the local head and the last header taken.
    public var maxQueuedBlocks = 2_048
    /// The most bytes of headers and bodies held, those being imported included. A response is taken whole, so each
    /// request in flight can pass this by one message.
    public var maxQueuedBytes = 64 << 20
    /// What a body is taken to be before it arrives, at least.
    public var minBodyEstimate = 1_024
    /// Peers that bodies are asked of at the same time.
    public var maxBodyRequests = 16
    /// The most blocks and bytes handed over to be imported at once.
    public var maxImportBlocks = 64
    public var maxImportBytes = 8 << 20
    public var headersTimeout: Duration = .seconds(5)
    /// How long a header request may take before another peer is followed instead, if there is one: 115 KB at 1 Mbit/s,
    /// and then some. Twice as long each time that the peer comes to nothing in a row, so that slow lines get their turn;
    /// but not before one that has come to nothing less often.
    public var headersPatience: Duration = .milliseconds(1_500)
    /// How long everything may wait for one body before another peer is asked for it as well: 2 MiB, where answers end, at
    /// 8 Mbit/s.
    public var bodiesPatience: Duration = .seconds(2)
    public var bodiesTimeout: Duration = .seconds(8)
    /// How long everything may wait for one body, which the followed peer doesn't send either, before another peer is
    /// followed instead, if there is one: the followed peer and another one had their turn. Doubled as `headersPatience` is.
    public var stallPatience: Duration = .seconds(4)
    /// A response as late as this is not an offence any more, after the request itself has timed out.
    public var lateness: Duration = .seconds(300)
    /// How long to wait for gossip to bring a block that a peer has announced, before asking for it.
    public var announceGrace: Duration = .seconds(2)
    /// The same for a block that nothing but the downloader would ask for: go-ethereum's fetcher of announced blocks
    /// waits as long (arriveTimeout).
    public var hashGrace: Duration = .milliseconds(500)
    /// A peer whose head is this far ahead is asked at once; and a node that was so far behind may have been further.
    public var graceGap: UInt64 = 8
    /// A peer without total difficulty is asked for a branch that is at most this much shorter than the local one.
    public var behindSlack: UInt64 = 128
    /// How long a peer that was of no use isn't asked again: doubled with each time in a row, up to `maxBackOff`.
    public var backOff: Duration = .seconds(5)
    public var maxBackOff: Duration = .seconds(300)

    /// Once the local head has stayed the same for so long while peers that promise more have come to nothing, peers that
    /// promise nothing are asked whether they have more, one at a time, this long apart. What they have said is old: a peer
    /// tells of each block only to some, and those that boast may be all that is heard of.
    public var probeInterval: Duration = .seconds(2)
    /// Headers of both chains that such a request compares: many are sent for nothing.
    public var probeOverlap: UInt64 = 2

    public init() {}

    /// The patience with a peer that has come to nothing so often in a row.
    func patience(_ first: Duration, upTo limit: Duration, failures: Int) -> Duration {
        var patience = first
        for _ in 0..<min(failures, 16) where patience < limit { patience = patience + patience }
        return min(patience, limit)
    }

    public static let standard = DownloadLimits()
}
