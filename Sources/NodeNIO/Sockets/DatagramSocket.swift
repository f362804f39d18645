import Logging
import NIOCore
import NIOPosix
import Primitives

/// The UDP port of discovery, on the home loop.
///
/// Datagrams are read many at a time, or a busy node loses most of them, and handed over once per batch; what is sent
/// goes out with one flush. A full socket drops what is sent, as UDP may.
///
/// NIO closes a socket over errors that are only about one datagram (no route to its address, say), and peers have a say
/// in where datagrams go. So obviously bad addresses are dropped here, and a socket that is closed nevertheless is bound
/// again.
///
/// It is `@unchecked Sendable`: but for the constants, everything is touched on `home` only.
final class DatagramSocket: @unchecked Sendable {
    private let home: any EventLoop
    private let host: String
    private let logger: Logger
    let port: UInt16

    private var channel: any Channel
    private var isIPv6: Bool
    private var isClosing = false
    private var receive: ((_ datagrams: [Datagram]) -> Void)?
    private(set) var received: UInt64 = 0
    private(set) var sent: UInt64 = 0
    private(set) var dropped: UInt64 = 0

    struct Datagram: Sendable {
        let bytes: [UInt8]
        let from: Endpoint
    }

    /// Datagrams read with one system call. Discovery's are at most 1280 bytes long; longer ones are cut, and then fail
    /// their checks.
    private static let vector = 32
    private static let slot = 2048
    private static let kernelBuffer: ChannelOptions.Types.SocketOption.Value = 1 << 20
    private static let rebindDelay = TimeAmount.milliseconds(100)

    static func bind(
        host: String, port: UInt16, on home: any EventLoop, logger: Logger
    ) async throws(BindError) -> DatagramSocket {
        do {
            let channel = try await bind(host, port, home).get()
            return DatagramSocket(channel, host: host, port: port, home: home, logger: logger)
        } catch {
            throw BindError(error, .udp, host: host, port: port)
        }
    }

    private static func bind(_ host: String, _ port: UInt16, _ home: any EventLoop) -> EventLoopFuture<any Channel> {
        DatagramBootstrap(group: home)
            .channelOption(.datagramVectorReadMessageCount, value: vector)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: vector * slot))
            .channelOption(.socketOption(.so_rcvbuf), value: kernelBuffer)
            .channelOption(.autoRead, value: false)
            .bind(host: host, port: Int(port))
    }

    private init(_ channel: any Channel, host: String, port: UInt16, home: any EventLoop, logger: Logger) {
        self.channel = channel
        self.host = host
        self.port = UInt16(channel.localAddress?.port ?? Int(port))
        self.home = home
        self.logger = logger
        isIPv6 = channel.localAddress?.protocol == .inet6
    }

    /// Starts to read. On the home loop.
    func open(_ receive: @escaping (_ datagrams: [Datagram]) -> Void) {
        self.receive = receive
        attach()
    }

    /// Puts a datagram into the next flush. On the home loop.
    func send(_ bytes: [UInt8], to endpoint: Endpoint) {
        guard isSendable(endpoint), channel.isWritable else {
            dropped += 1
            return
        }
        sent += 1
        let address = isIPv6 ? SocketAddress(forIPv6: endpoint) : SocketAddress(endpoint)
        channel.write(
            AddressedEnvelope(remoteAddress: address, data: channel.allocator.buffer(bytes: bytes)), promise: nil)
    }

    /// On the home loop.
    func flush() { channel.flush() }

    /// On the home loop.
    func close() -> EventLoopFuture<Void> {
        isClosing = true
        receive = nil
        return channel.close().flatMapError { _ in self.home.makeSucceededVoidFuture() }
    }

    private func isSendable(_ endpoint: Endpoint) -> Bool {
        endpoint.port != 0 && !endpoint.ip.isUnspecified && !endpoint.ip.isMulticast
            && endpoint.ip != .v4(.max) && (isIPv6 || endpoint.ip.isV4)
    }

    fileprivate func handle(_ datagrams: [Datagram]) {
        received += UInt64(datagrams.count)
        receive?(datagrams)
    }

    private func attach() {
        do {
            try channel.pipeline.syncOperations.addHandler(DatagramHandler(self))
        } catch {
            return lost(error)
        }
        channel.closeFuture.whenComplete { _ in self.lost(ChannelError.alreadyClosed) }
        channel.setOption(.autoRead, value: true).whenFailure { self.lost($0) }
    }

    private func lost(_ error: any Error) {
        guard !isClosing else { return }
        logger.debug("the UDP socket was closed; it is bound again", metadata: ["error": "\(error)"])
        home.scheduleTask(in: Self.rebindDelay) { self.rebind() }
    }

    private func rebind() {
        guard !isClosing else { return }
        Self.bind(host, port, home).whenComplete { result in
            switch result {
            case .success(let channel):
                guard !self.isClosing else { return channel.close(promise: nil) }
                self.channel = channel
                self.attach()
            case .failure(let error): self.lost(error)
            }
        }
    }
}

/// Collects what one batch of reads brings.
private final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let socket: DatagramSocket
    private var batch: [DatagramSocket.Datagram] = []

    init(_ socket: DatagramSocket) { self.socket = socket }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        guard let from = Endpoint(envelope.remoteAddress) else { return }
        batch.append(DatagramSocket.Datagram(bytes: Array(envelope.data.readableBytesView), from: from))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard !batch.isEmpty else { return }
        let datagrams = batch
        batch.removeAll(keepingCapacity: true)
        socket.handle(datagrams)
    }

    /// Errors that are about one datagram, such as a port that nobody listens on. Those that matter close the socket.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
