/// What a discovery machine has done since it was made.
public struct DiscoveryCounters: Hashable, Sendable {
    public var datagramsReceived: UInt64 = 0
    public var datagramsSent: UInt64 = 0
    public var bytesReceived: UInt64 = 0
    public var bytesSent: UInt64 = 0
    /// Dropped by the rate limits before anything of them was read.
    public var rateLimited: UInt64 = 0
    /// No discv4 packets, or none that can be decoded.
    public var malformed: UInt64 = 0
    /// Packets past their expiration.
    public var expired: UInt64 = 0
    /// Answers to no question.
    public var unsolicited: UInt64 = 0
    /// Questions of peers without an endpoint proof.
    public var unproved: UInt64 = 0
    /// Questions that brought nodes or a record.
    public var queriesAnswered: UInt64 = 0
    /// Questions that brought nothing in time.
    public var queriesFailed: UInt64 = 0
    /// Pings without a pong in time.
    public var pingsFailed: UInt64 = 0
    /// Lookups that have ended.
    public var lookups: UInt64 = 0
    /// `found` effects.
    public var found: UInt64 = 0

    public init() {}
}
