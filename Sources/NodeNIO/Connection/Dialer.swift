import NIOCore
import NIOPosix
import Primitives

/// Opens TCP connections.
enum Dialer {
    /// As go-ethereum's dialer has.
    static let connectTimeout = TimeAmount.seconds(15)

    /// Connects the handler to an endpoint, on the handler's own event loop. Whatever comes of it, its owner learns from
    /// the handler.
    static func dial(_ endpoint: Endpoint, for handler: ConnectionHandler) {
        dial(handler) { $0.connect(to: SocketAddress(endpoint)) }
    }

    /// As `dial`, to a host whose name is to be looked up.
    static func dial(host: String, port: UInt16, for handler: ConnectionHandler) {
        dial(handler) { $0.connect(host: host, port: Int(port)) }
    }

    private static func dial(_ handler: ConnectionHandler, connect: (ClientBootstrap) -> EventLoopFuture<any Channel>) {
        let bootstrap = ClientBootstrap(group: handler.eventLoop)
            .connectTimeout(connectTimeout)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard !handler.isAborted else { throw ChannelError.ioOnClosedChannel }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        connect(bootstrap).whenFailure { error in handler.connectionFailed(error) }
    }
}
