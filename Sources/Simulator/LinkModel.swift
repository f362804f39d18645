import SansIO

/// How the virtual network carries bytes: the same between every two nodes.
public struct LinkModel: Sendable {
    /// One-way delay, drawn anew for each pair of nodes and kept for the run.
    public var minimumDelay: Duration
    public var maximumDelay: Duration
    /// The share of datagrams lost, 0 ... 1. TCP loses nothing.
    public var datagramLoss: Double
    /// What one node can send in a second, bytes.
    public var bytesPerSecond: Double
    /// How long a job takes on the virtual worker thread.
    public var jobDuration: Duration

    public init(
        minimumDelay: Duration = .milliseconds(5), maximumDelay: Duration = .milliseconds(80),
        datagramLoss: Double = 0, bytesPerSecond: Double = 30_000_000, jobDuration: Duration = .milliseconds(2)
    ) {
        self.minimumDelay = minimumDelay
        self.maximumDelay = maximumDelay
        self.datagramLoss = datagramLoss
        self.bytesPerSecond = bytesPerSecond
        self.jobDuration = jobDuration
    }

    /// The delay between two nodes: the same both ways and in every run with the seed.
    func delay(_ left: Int, _ right: Int, seed: UInt64) -> Duration {
        let pair = UInt64(min(left, right)) << 32 | UInt64(max(left, right))
        var random = NodeRandom(seed: seed ^ 0x6c69_6e6b, stream: pair)
        return minimumDelay + random.duration(below: maximumDelay - minimumDelay)
    }
}
