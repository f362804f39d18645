/// How the RPC server serves.
public struct RPCOptions: Sendable {
    /// The namespaces that are answered; all of them by default. Leave out `admin` where others reach the port.
    public var namespaces = RPCMethod.namespaces
    /// Names by which browsers may call the server; an address is always allowed, `*` allows every name.
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
    /// Further connections wait until others close.
    public var maxConnections = 256
    /// A connection without a request for so long is closed.
    public var idleTimeout = Duration.seconds(120)
    /// Threads that read the disk.
    public var workerThreads = 2

    public init() {}
}
