/// Counters of a discovery machine since its start.
public struct DiscoveryCounters: Hashable, Sendable {
    /// Datagrams passed to `receive`, also those that are no discv4 packets.
    public var datagramsReceived: UInt64 = 0
    /// Datagrams sent.
    public var datagramsSent: UInt64 = 0
    /// The bytes of the datagrams received.
    public var bytesReceived: UInt64 = 0
    /// The bytes of the datagrams sent.
    public var bytesSent: UInt64 = 0
    /// Datagrams dropped by the rate limits.
    public var rateLimited: UInt64 = 0
    /// Datagrams that are no discv4 packets or can't be decoded.
    public var malformed: UInt64 = 0
    /// Packets past their expiration.
    public var expired: UInt64 = 0
    /// Responses without a matching request.
    public var unsolicited: UInt64 = 0
    /// Requests of peers without an endpoint proof.
    public var unproved: UInt64 = 0
    /// Requests that were answered with nodes or a record.
    public var queriesAnswered: UInt64 = 0
    /// Requests that weren't answered in time.
    public var queriesFailed: UInt64 = 0
    /// Pings without a pong in time.
    public var pingsFailed: UInt64 = 0
    /// Lookups that have ended.
    public var lookups: UInt64 = 0
    /// `found` effects.
    public var found: UInt64 = 0

    /// All counters zero.
    public init() {}
}
