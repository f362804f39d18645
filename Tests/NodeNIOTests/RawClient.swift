import NIOCore
import NIOPosix
import Primitives

/// A TCP client that knows nothing of devp2p.
struct RawClient: Sendable {
    let channel: any Channel

    static func connect(port: UInt16) async throws -> RawClient {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: Int(port)).get()
        return RawClient(channel: channel)
    }

    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get() }

    /// Waits for the other side to close.
    func closed() async throws { try await channel.closeFuture.get() }

    func close() async throws { try await channel.close().get() }
}
