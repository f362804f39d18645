import NIOCore
import NIOHTTP1
import SansIO

/// Follows the requests and responses of one connection, tells `OpenConnections` of them, and closes the connection when
/// its client is too slow.
///
/// It stands behind the HTTP decoder; `ArrivalWatch`, before the decoder, tells it of bytes that are no head yet.
final class RequestWatch: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let loop: any EventLoop
    private let connections: OpenConnections
    private let id: ConnectionCrowd.ID
    private let channel: any Channel
    private var progress: RequestProgress
    private var timer: Scheduled<Void>?
    private var firesAt = Instant.distantFuture
    private var isClosed = false

    init(_ channel: any Channel, limits: RequestProgress.Limits, in connections: OpenConnections) {
        self.channel = channel
        self.connections = connections
        loop = channel.eventLoop
        let now = Self.now
        progress = RequestProgress(limits: limits, now: now)
        id = connections.enter(channel, now: now)
    }

    /// The monotonic clock of the event loops.
    private static var now: Instant { Instant(nanoseconds: Int64(clamping: NIODeadline.now().uptimeNanoseconds)) }

    func handlerAdded(context: ChannelHandlerContext) { setTimer() }

    func handlerRemoved(context: ChannelHandlerContext) {
        isClosed = true
        cancelTimer()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        cancelTimer()
        context.fireChannelInactive()
    }

    /// Whether no response to an earlier request is owed: what is written now answers the newest request.
    var isNewestNext: Bool { progress.unansweredCount <= 1 }

    fileprivate func bytesArrived() { follow { $0.bytesArrived(now: $1) } }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: follow { $0.headArrived(now: $1) }
        case .body(let bytes): follow { $0.bodyArrived(bytes.readableBytes, now: $1) }
        case .end: follow { $0.requestEnded(now: $1) }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head: context.write(data, promise: promise)
        case .body(let body):
            follow { $0.responseBytes(body.readableBytes, now: $1) }
            context.write(data, promise: promise)
        case .end:
            follow { $0.responseEnded(now: $1) }
            let taken = promise ?? loop.makePromise(of: Void.self)
            taken.futureResult.assumeIsolated().whenComplete { _ in self.follow { $0.responseTaken(now: $1) } }
            context.write(data, promise: taken)
        }
    }

    private func follow(_ step: (inout RequestProgress, Instant) -> Void) {
        let (phase, held) = (progress.phase, progress.heldBytes)
        step(&progress, Self.now)
        guard progress.phase != phase || progress.heldBytes != held else { return }
        connections.update(id, progress)
        setTimer()
    }

    /// A timer that is set too early stays; so a request costs no timer.
    private func setTimer() {
        let deadline = progress.deadline
        guard !isClosed, deadline < firesAt else { return }
        timer?.cancel()
        firesAt = deadline
        timer = loop.assumeIsolated().scheduleTask(
            deadline: .uptimeNanoseconds(UInt64(max(0, deadline.nanoseconds)))
        ) { self.timerFired() }
    }

    private func timerFired() {
        cancelTimer()
        if progress.deadline <= Self.now { channel.close(promise: nil) } else { setTimer() }
    }

    private func cancelTimer() {
        timer?.cancel()
        timer = nil
        firesAt = .distantFuture
    }
}

@available(*, unavailable)
extension RequestWatch: Sendable {}

/// Tells a `RequestWatch` that bytes have come, before the HTTP decoder has made anything of them.
final class ArrivalWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let watch: RequestWatch

    init(_ watch: RequestWatch) { self.watch = watch }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        watch.bytesArrived()
        context.fireChannelRead(data)
    }
}

@available(*, unavailable)
extension ArrivalWatch: Sendable {}
