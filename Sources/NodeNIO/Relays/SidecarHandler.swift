import DevP2P
import NIOCore
import Sidecar

/// One program's connection to a capability's Unix socket, on the home loop.
///
/// It is `@unchecked Sendable`: everything is touched on the home loop only.
final class SidecarHandler: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var session: SidecarSession
    private let socket: SidecarSocket
    private var context: ChannelHandlerContext?
    private var isWriteScheduled = false
    private var alarm: Scheduled<Void>?

    /// For a program to say what it wants, and to take its last frame.
    private static let patience = TimeAmount.seconds(5)

    init(_ session: SidecarSession, socket: SidecarSocket) {
        self.session = session
        self.socket = socket
    }

    /// What the relay has told. Written at the end of this turn of the loop, with all else.
    func relay(_ event: RelayEvent<RawMessage>) {
        session.relay(event)
        guard !isWriteScheduled, let context else { return }
        isWriteScheduled = true
        context.eventLoop.execute { self.write() }
    }

    func close() { context?.close(promise: nil) }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        alarm = context.eventLoop.scheduleTask(in: Self.patience) {
            if self.session.attachment == nil { self.close() }
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        let outcome = session.receive(Array(buffer.readableBytesView)[...])
        if outcome.wantsAttachment {
            guard let number = socket.attach(self), let command = session.grant(number) else {
                session.refuse(.alreadyAttached)
                return write()
            }
            socket.carryOut(command)
        }
        for command in outcome.commands { socket.carryOut(command) }
        write()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { write() }

    func channelInactive(context: ChannelHandlerContext) {
        alarm?.cancel()
        if let number = session.attachment { socket.carryOut(.detach(number)) }
        socket.detach(self)
        socket.closed(self)
        self.context = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Writes while the socket takes it; the rest waits in the session, which is bounded.
    private func write() {
        isWriteScheduled = false
        guard let context else { return }
        while context.channel.isWritable, session.hasBytes {
            let buffer = context.channel.allocator.buffer(bytes: session.takeBytes())
            context.write(wrapOutboundOut(buffer), promise: nil)
        }
        context.flush()
        if session.hasEnded, !session.hasBytes { end(context) }
    }

    /// The last frame is on its way.
    private func end(_ context: ChannelHandlerContext) {
        socket.detach(self)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in self.close() }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
        alarm?.cancel()
        alarm = context.eventLoop.scheduleTask(in: Self.patience) { self.close() }
    }
}
