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
        ClientBootstrap(group: handler.eventLoop)
            .connectTimeout(connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard !handler.isAborted else { throw ChannelError.ioOnClosedChannel }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(to: SocketAddress(endpoint))
            .whenFailure { error in handler.connectionFailed(error) }
    }

    /// Why a dial failed, in the operating system's words where it said something.
    static func reason(_ error: any Error) -> String {
        switch error {
        case ChannelError.connectTimeout: "no answer within \(connectTimeout.nanoseconds / 1_000_000_000) seconds"
        default: SocketFailure.words(error)
        }
    }
}
