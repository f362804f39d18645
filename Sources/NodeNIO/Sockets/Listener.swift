import Logging
import NIOCore
import NIOPosix

/// The TCP port that peers dial. It is bound at first, and accepts from `open` on: until then the kernel holds them.
///
/// The kernel reports some errors of a connection that is just being accepted as if they were the listener's, and NIO
/// closes the listener over those it doesn't know. It is bound again then, or the node would be deaf.
///
/// It is `@unchecked Sendable`: but for the constants, everything is touched on `home` only.
final class Listener: @unchecked Sendable {
    let port: UInt16
    private let host: String
    private let home: any EventLoop
    private let bootstrap: ServerBootstrap
    private let logger: Logger
    private(set) var channel: any Channel
    private var isClosing = false

    /// Connections that the kernel completes before they are accepted.
    private static let backlog: CInt = 256
    private static let rebindDelay = TimeAmount.milliseconds(100)

    /// - Parameters:
    ///   - onPause: called on the home loop when no connection is accepted for a while, for want of file descriptors.
    ///   - accept: called on the new connection's event loop; nil refuses it.
    static func bind(
        host: String, port: UInt16, on home: any EventLoop, children: any EventLoopGroup, logger: Logger,
        onPause: @escaping @Sendable () -> Void = {},
        accept: @escaping @Sendable (any Channel) -> ConnectionHandler?
    ) async throws(BindError) -> Listener {
        let bootstrap = ServerBootstrap(group: home, childGroup: children)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(onPause: onPause))
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let handler = accept(channel) else { throw ChannelError.inputClosed }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        do {
            let channel = try await bootstrap.bind(host: host, port: Int(port)).get()
            return Listener(channel, host: host, port: port, home: home, bootstrap: bootstrap, logger: logger)
        } catch {
            throw BindError(error, .tcp, host: host, port: port)
        }
    }

    private init(
        _ channel: any Channel, host: String, port: UInt16, home: any EventLoop, bootstrap: ServerBootstrap,
        logger: Logger
    ) {
        self.channel = channel
        self.port = UInt16(channel.localAddress?.port ?? Int(port))
        self.host = host
        self.home = home
        self.bootstrap = bootstrap
        self.logger = logger
    }

    /// Starts to accept. On the home loop.
    func open() {
        channel.closeFuture.whenComplete { _ in self.lost() }
        channel.setOption(.autoRead, value: true).whenFailure { _ in }
    }

    /// On the home loop.
    func close() -> EventLoopFuture<Void> {
        isClosing = true
        return channel.close().flatMapError { _ in self.home.makeSucceededVoidFuture() }
    }

    private func lost() {
        guard !isClosing else { return }
        logger.debug("the TCP listener was closed; it is bound again", metadata: ["port": "\(port)"])
        home.scheduleTask(in: Self.rebindDelay) { self.rebind() }
    }

    private func rebind() {
        guard !isClosing else { return }
        bootstrap.bind(host: host, port: Int(port)).whenComplete { result in
            guard case .success(let channel) = result else { return self.lost() }
            guard !self.isClosing else { return channel.close(promise: nil) }
            self.channel = channel
            self.open()
        }
    }
}
