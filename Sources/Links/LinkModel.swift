/// How the virtual network carries bytes. Everything random in it comes from the simulation's seed.
public struct LinkModel: Sendable {
    /// How far apart two nodes are.
    public enum Distance: Sendable {
        /// A delay drawn for each pair of nodes between two bounds, and kept for the run.
        case uniform(Duration, Duration)
        /// Nodes are put into regions by their weights; the table says the rest.
        case regions(RegionTable)
    }

    public var distance: Distance
    /// The mean of what is added to every one-way delay: exponential, so most is small and some is not.
    public var jitter: Duration = .zero
    /// The share of packets lost, 0 ... 1. A datagram is gone; TCP sends again, so its bytes come late.
    public var loss: Double = 0
    /// The share of datagrams that come twice.
    public var duplication: Double = 0
    /// The share of datagrams that are held back by up to `reorderingDelay`, so that later ones overtake them.
    public var reordering: Double = 0
    public var reorderingDelay: Duration = .milliseconds(50)
    /// What one node can send and receive in a second, bytes, unless it has an `AccessLink` of its own.
    public var uploadBytesPerSecond: Double
    public var downloadBytesPerSecond: Double
    /// Lines that nodes draw by their weights, in place of the one above; empty for that one.
    public var lines: [AccessLine] = []
    /// What waits in front of a full link at most, bytes. Datagrams beyond it are lost; a TCP connection isn't read from.
    public var queueBytes = 4 << 20
    /// The share of nodes behind a NAT: others reach them only where they have sent something first.
    public var natShare: Double = 0
    /// How long a NAT remembers whom its node has sent something (RFC 4787, REQ-5: two minutes at least).
    public var natMemory: Duration = .seconds(120)
    /// When a dial that nobody answers is given up.
    public var connectTimeout: Duration = .seconds(15)
    /// How long a job takes on the virtual worker thread.
    public var jobDuration: Duration

    /// Every two nodes at a distance of their own between the bounds.
    public init(
        minimumDelay: Duration = .milliseconds(5), maximumDelay: Duration = .milliseconds(80),
        loss: Double = 0, bytesPerSecond: Double = 30_000_000, jobDuration: Duration = .milliseconds(2)
    ) {
        distance = .uniform(minimumDelay, maximumDelay)
        self.loss = loss
        uploadBytesPerSecond = bytesPerSecond
        downloadBytesPerSecond = bytesPerSecond
        self.jobDuration = jobDuration
    }

    /// Nodes spread over regions.
    public init(
        regions: RegionTable, jitter: Duration = .milliseconds(2), bytesPerSecond: Double = 30_000_000,
        jobDuration: Duration = .milliseconds(2)
    ) {
        self.init(bytesPerSecond: bytesPerSecond, jobDuration: jobDuration)
        distance = .regions(regions)
        self.jitter = jitter
    }
}
