import NIOCore
import NIOPosix

/// A program at a Unix socket that writes what it is told, and keeps all that comes.
final class UnixClient: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let continuation: AsyncStream<[UInt8]>.Continuation
    let received: AsyncStream<[UInt8]>

    private init() { (received, continuation) = AsyncStream.makeStream() }

    static func connect(_ path: String) async throws -> (UnixClient, any Channel) {
        let client = UnixClient()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { $0.pipeline.addHandler(client) }
            .connect(unixDomainSocketPath: path).get()
        return (client, channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        continuation.yield(Array(unwrapInboundIn(data).readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) { continuation.finish() }

    /// All that comes until `isEnough` or the end.
    func read(until isEnough: ([UInt8]) -> Bool = { _ in false }) async -> [UInt8] {
        var bytes: [UInt8] = []
        for await piece in received {
            bytes += piece
            if isEnough(bytes) { break }
        }
        return bytes
    }
}

/// A frame of docs/OUT-OF-PROCESS.md.
func frame(_ type: UInt8, _ body: [UInt8]) -> ByteBuffer {
    var buffer = ByteBuffer(integer: UInt32(body.count + 1))
    buffer.writeInteger(type)
    buffer.writeBytes(body)
    return buffer
}
