import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Hummingbird's channel of a client, with handlers around its HTTP decoder that hold the client to time and place.
struct WatchedHTTPChannel: ServerChildChannel {
    private let http: HTTP1Channel
    private let limits: RequestProgress.Limits
    private let maxBodyBytes: Int
    private let connections: OpenConnections

    init(_ http: HTTP1Channel, _ options: RPCOptions, onFull: @escaping @Sendable () -> Void) {
        self.http = http
        limits = RequestProgress.Limits(
            idle: options.idleTimeout, head: options.headTimeout, body: options.bodyTimeout,
            writing: options.responseTimeout, bytesPerSecond: max(1, options.minResponseRate))
        maxBodyBytes = options.maxBodyBytes
        connections = OpenConnections(
            maxConnections: max(1, options.maxConnections), maxHeldBytes: options.maxHeldBytes, onFull: onFull)
    }

    /// Called once for each connection, on its event loop.
    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let watch = RequestWatch(channel, limits: limits, in: connections)
            let heads = RequestHeads(maxBodyBytes: maxBodyBytes, behind: watch)
            try pipeline.addHandlers([watch, heads], position: .after(decoder))
            try pipeline.addHandler(ArrivalWatch(watch), position: .first)
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async { await http.handle(value: value, logger: logger) }
}
