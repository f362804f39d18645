import Files
public import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Stops a listener for a second when the process has no file descriptors left, or none to spare for connections: the
/// database needs some. First in the pipeline of the listening channel.
///
/// After a failed `accept` NIO goes on to watch a socket that the kernel calls readable, which takes a core; so reading is
/// turned off. NIO's own `AcceptBackoffHandler` doesn't do that.
public final class AcceptPause: ChannelInboundHandler {
    public typealias InboundIn = any Channel

    private let areSpare: () -> Bool
    private let onPause: () -> Void
    private(set) var isPaused = false

    private static let length = TimeAmount.seconds(1)

    /// - Parameter onPause: called at the beginning of each pause, on the listener's event loop.
    public convenience init(onPause: @escaping () -> Void) {
        self.init(areSpare: { FileDescriptors.areSpare }, onPause: onPause)
    }

    init(areSpare: @escaping () -> Bool, onPause: @escaping () -> Void) {
        self.areSpare = areSpare
        self.onPause = onPause
    }

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard areSpare() else {
            // The connection that took the last one. Who asked for it learns at once, in place of a time-out.
            unwrapInboundIn(data).close(promise: nil)
            return pause(context)
        }
        context.fireChannelRead(data)
    }

    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard isScarcity(error) else { return context.fireErrorCaught(error) }
        pause(context)
    }

    private func pause(_ context: ChannelHandlerContext) {
        guard !isPaused else { return }
        isPaused = true
        setReading(false, context)
        onPause()
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.length) {
            self.isPaused = false
            self.setReading(true, context)
        }
    }

    /// It fails where the listener is closed, and then there is nothing to read.
    private func setReading(_ isReading: Bool, _ context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: isReading)
    }
}

/// Whether an error of a socket is about what this machine lacks, and not about the other end.
func isScarcity(_ error: any Error) -> Bool {
    guard let number = (error as? IOError)?.errnoCode else { return false }
    return [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(number)
}
