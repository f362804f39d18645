import NIOCore
import NIOPosix

/// The TCP port that peers dial. It is bound at first, and accepts from `open` on: until then the kernel holds them.
struct Listener: Sendable {
    private let channel: any Channel
    let port: UInt16

    /// Connections that the kernel completes before they are accepted.
    private static let backlog: CInt = 256

    /// - Parameter accept: called on the new connection's event loop; nil refuses it.
    static func bind(
        host: String, port: UInt16, on home: any EventLoop, children: any EventLoopGroup,
        accept: @escaping @Sendable (any Channel) -> ConnectionHandler?
    ) async throws(BindError) -> Listener {
        let bootstrap = ServerBootstrap(group: home, childGroup: children)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.autoRead, value: false)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let handler = accept(channel) else { throw ChannelError.inputClosed }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        do {
            let channel = try await bootstrap.bind(host: host, port: Int(port)).get()
            return Listener(channel: channel, port: UInt16(channel.localAddress?.port ?? Int(port)))
        } catch {
            throw BindError(error, .tcp, host: host, port: port)
        }
    }

    /// Starts to accept.
    func open() { channel.setOption(.autoRead, value: true).whenFailure { _ in } }

    func close() async { try? await channel.close().get() }
}
