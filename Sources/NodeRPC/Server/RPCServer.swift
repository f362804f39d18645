import Foundation
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
import NodeNIO
import SansIO

/// Answers JSON-RPC over HTTP for a node.
///
///     let server = RPCServer(access: RunningNode(service), host: "127.0.0.1", port: 8545)
///     let port = try await server.start()
///     …
///     await server.stop()
///
/// A server that was started must be stopped; it can't be started again.
public actor RPCServer {
    public nonisolated let host: String
    private let access: any NodeAccess
    private let port: Int
    private let options: RPCOptions
    private let logger: Logger
    private let onPause: @Sendable () -> Void
    private let onFull: @Sendable () -> Void
    private var state = State.idle

    private enum State {
        case idle
        case running(Task<Void, any Error>, NIOThreadPool)
        case stopped
    }

    /// - Parameters:
    ///   - host: the address to listen on; with anything but a loopback address other machines reach the methods.
    ///   - port: 0 for any that is free.
    ///   - onPause: called when no connection is accepted for a while, for want of file descriptors.
    ///   - onFull: called when `maxConnections` are open and one is closed for a newcomer, at most every five minutes.
    public init(
        access: any NodeAccess, host: String = "127.0.0.1", port: Int = 8545, options: RPCOptions = RPCOptions(),
        logger: Logger = Logger(label: "starling.rpc"), onPause: @escaping @Sendable () -> Void = {},
        onFull: @escaping @Sendable () -> Void = {}
    ) {
        self.access = access
        self.host = host
        self.port = port
        self.options = options
        self.logger = logger
        self.onPause = onPause
        self.onFull = onFull
    }

    /// Where clients reach the server at a port; an IPv6 address is in brackets.
    public nonisolated func url(port: Int) -> String {
        "http://" + (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }

    /// Opens the port.
    ///
    /// - Returns: the port listened on.
    /// - Throws: `portInUse` and the like; `alreadyStarted`.
    public func start() async throws(RPCServerError) -> Int {
        guard case .idle = state else { throw .alreadyStarted }
        let workers = NIOThreadPool(numberOfThreads: max(1, options.workerThreads))
        workers.start()
        let (opened, continuation) = AsyncThrowingStream.makeStream(of: Int.self)
        let application = application(workers) { [onPause] channel in
            try? await channel.eventLoop.submit {
                try channel.pipeline.syncOperations.addHandler(AcceptPause(onPause: onPause), position: .first)
            }.get()
            continuation.yield(channel.localAddress?.port ?? 0)
        }
        let task = Task {
            do {
                try await application.run()
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
                throw error
            }
        }
        state = .running(task, workers)
        do {
            for try await port in opened { return port }
            throw CancellationError()
        } catch {
            state = .stopped
            try? await workers.shutdownGracefully()
            throw RPCServerError(error, host: host, port: port)
        }
    }

    /// Closes the port, lets calls that run finish, and closes all connections.
    public func stop() async {
        guard case .running(let task, let workers) = state else {
            state = .stopped
            return
        }
        state = .stopped
        task.cancel()
        try? await task.value
        try? await workers.shutdownGracefully()
    }

    private func application(
        _ workers: NIOThreadPool, onServerRunning: @escaping @Sendable (any Channel) async -> Void
    ) -> some ApplicationProtocol {
        let context = RPCContext(
            node: access, workers: workers, now: Self.now,
            methods: RPCMethod.enabled(options.namespaces, on: host), tips: TipCache())
        let dispatcher = Dispatcher(
            context: context, maxBatchCount: options.maxBatchCount, maxResponseBytes: options.maxResponseBytes)
        var quiet = logger
        // Hummingbird tells that it listens; that is for whoever started this to say.
        quiet.logLevel = max(logger.logLevel, .critical)
        let (options, onFull) = (options, onFull)
        return Application(
            router: RPCRoutes(dispatcher: dispatcher, options: options).router(),
            server: HTTPServerBuilder { responder in
                WatchedHTTPChannel(HTTP1Channel(responder: responder), options, onFull: onFull)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: nil, backlog: 1024),
            onServerRunning: onServerRunning, logger: quiet)
    }

    private static let now: @Sendable () -> Instant = {
        Instant(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9))
    }
}
