/// Times and sizes that guard one connection. The defaults are go-ethereum's unless a reason is given.
public struct ConnectionLimits: Sendable {
    /// For the whole key exchange.
    public var handshake = Duration.seconds(5)
    /// From the key exchange to the peer's Hello, which an honest peer sends at once. go-ethereum allows 30 s; but
    /// until then a stranger holds a slot for nothing.
    public var hello = Duration.seconds(10)
    /// Without a single frame.
    public var idle = Duration.seconds(30)
    /// Between two pings of this node.
    public var pingInterval = Duration.seconds(15)
    /// For output to be taken.
    public var write = Duration.seconds(20)
    /// For the last output, once the connection has ended. go-ethereum has 1 s, the specification 2 s.
    public var flush = Duration.seconds(2)
    /// Pings that may come at once; then one a second. go-ethereum's conformance suite sends ten within a second.
    public var pingBurst = 16.0
    public var pingsPerSecond = 1.0
    /// Payload bytes of all capabilities together that may wait for the node; reading stops above it. So a peer can't
    /// have each capability's share filled at once, however many there are. A single message may be larger: then it
    /// waits alone.
    public var maxBufferedBytes = 4 << 20
    /// Output, in bytes, above which nothing more is read: a peer must take its answers before it asks on.
    public var pausingOutputBytes = 2 << 20
    /// Output above which the connection is given up. Room for the largest message on top of the paused output.
    public var maxOutputBytes = 24 << 20

    public init() {}

    public static let standard = ConnectionLimits()
}
