import Files

/// How the RPC server serves.
public struct RPCOptions: Sendable {
    /// The namespaces that are answered, with all of their methods.
    ///
    /// Nil for what is safe without being asked for: on a loopback address all methods that don't change the node,
    /// elsewhere what wallets call (``RPCMethod/openNamespaces``).
    public var namespaces: [String]?
    /// Names by which the server may be called; an address is always allowed, `*` allows every name.
    ///
    /// Else a web page could have its own name resolve to this machine and read the answers (DNS rebinding).
    public var allowedHosts = ["localhost"]
    /// Origins of web pages that may call the server, such as `https://example.org`; `*` for all; none by default.
    public var allowedOrigins: [String] = []
    /// Whether `GET /metrics` is answered.
    public var servesMetrics = false
    /// The largest request in bytes.
    public var maxBodyBytes = 5 * 1024 * 1024
    /// The most calls of a batch.
    public var maxBatchCount = 1000
    /// Answers to a batch stop at so many bytes.
    public var maxResponseBytes = 25_000_000
    /// Beyond so many connections the one that has been idle for longest is closed, or that has sent no whole request
    /// for longest, of the address with the most of them.
    ///
    /// By default 1,024, or a quarter of the file descriptors where that is less: peers and the database need the others.
    public var maxConnections = max(1, min(1024, FileDescriptors.limit / 4))
    /// The most bytes of requests that aren't answered and of responses that aren't taken, over all connections. Must
    /// allow for a whole body and a whole response.
    public var maxHeldBytes = 128 * 1024 * 1024
    /// A connection without a request for so long is closed.
    public var idleTimeout = Duration.seconds(120)
    /// A request's head is due so long after its first byte.
    public var headTimeout = Duration.seconds(5)
    /// A request's body is due so long after its head.
    public var bodyTimeout = Duration.seconds(10)
    /// A client must take a response in so long, and in the time that `minResponseRate` gives it besides.
    public var responseTimeout = Duration.seconds(10)
    /// How fast a client must take a response, in bytes a second, beyond `responseTimeout`.
    public var minResponseRate = 64 * 1024
    /// Threads that read the disk.
    public var workerThreads = 2

    public init() {}
}
