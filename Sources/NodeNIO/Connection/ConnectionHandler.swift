import DevP2P
import Logging
import NIOCore
import Primitives
import SansIO

/// Puts a `PeerConnection` on a socket: one per TCP connection, on that connection's event loop.
///
///     unconnected --channelActive--> open --goodbye written--> draining --> closed
///
/// Once per batch of reads it hands what has happened to its owner, writes what there is to write with one flush, and
/// sets its one timer.
///
/// It is `@unchecked Sendable`: but for the constants, everything is touched on `eventLoop` only, which the methods for
/// other threads (`taken`, `connectionFailed`) see to.
final class ConnectionHandler: ChannelInboundHandler, NIOScheduledCallbackHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Role: Sendable {
        case initiator(to: PublicKey)
        case recipient
    }

    private enum Stage {
        case unconnected
        case open
        /// The last bytes are on their way; what still comes in is dropped, until the peer closes or time is up.
        case draining
        case closed
    }

    let id: ConnectionID
    let role: Role
    let eventLoop: any EventLoop
    private let setup: ConnectionSetup
    private let owner: any ConnectionOwner
    private let gauge: IngressGauge

    private var stage = Stage.unconnected
    private var connection: PeerConnection?
    private var context: ChannelHandlerContext?
    private var timer = DeadlineTimer()
    private(set) var isReading = true
    private(set) var isAborted = false
    /// Whether the owner takes nothing for now. What comes waits in the connection, which then stops reading.
    private var isPaused = false
    /// Whether the owner was told that the peer takes too little.
    private var isCongested = false
    /// This end of the socket; nil before it is open.
    private(set) var localEndpoint: Endpoint?
    /// Why the socket never came to be.
    private(set) var failure: (any Error)?

    init(id: ConnectionID, role: Role, on eventLoop: any EventLoop, setup: ConnectionSetup, owner: any ConnectionOwner)
    {
        self.id = id
        self.role = role
        self.eventLoop = eventLoop
        self.setup = setup
        self.owner = owner
        gauge = IngressGauge(limit: setup.maxOwedBytes)
    }

    // MARK: For the owner, on the event loop

    /// What the peer has said of itself, whether it is of use or not; nil before, and once the connection has ended.
    var remoteHello: PeerHello? { connection?.remoteHello }

    /// Sends messages; after the end of the connection they are dropped.
    func send(_ messages: [OutboundMessage]) {
        guard stage == .open else { return }
        connection?.send(messages, now: now)
        settle()
    }

    /// Ends the connection, and tells the peer why if it can be told. A connection that isn't there yet is given up.
    func disconnect(_ reason: DisconnectReason) {
        switch stage {
        case .open:
            connection?.disconnect(reason, now: now)
            settle()
        case .unconnected: abort()
        case .draining, .closed: break
        }
    }

    /// Hands over nothing more, or goes on.
    func pause(_ isPaused: Bool) {
        self.isPaused = isPaused
        settle()
    }

    /// Closes the socket at once, whatever is still to be written; or as soon as it is there.
    func abort() {
        isAborted = true
        context?.close(promise: nil)
    }

    // MARK: For the owner, on any thread

    /// The owner has dealt with events of this weight.
    func taken(_ weight: Int) {
        guard gauge.subtract(weight) else { return }
        eventLoop.execute { self.settle() }
    }

    /// The socket never came to be.
    func connectionFailed(_ error: any Error) {
        setup.logger.trace("dial failed", metadata: ["connection": "\(id)", "error": "\(Dialer.reason(error))"])
        eventLoop.execute {
            self.failure = error
            self.finish()
        }
    }

    // MARK: From the socket

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        guard stage == .unconnected else { return }
        guard !isAborted else { return context.close(promise: nil) }
        stage = .open
        localEndpoint = context.channel.localAddress.flatMap { Endpoint($0) }
        owner.connectionOpened(self)
        connection =
            switch role {
            case .initiator(let remoteKey):
                PeerConnection(
                    initiatorTo: remoteKey, identity: setup.identity, hello: setup.hello, random: .system(), now: now,
                    limits: setup.limits)
            case .recipient:
                PeerConnection(
                    recipient: setup.identity, hello: setup.hello, random: .system(), now: now, limits: setup.limits)
            }
        settle()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        setup.bytes.addReceived(buffer.readableBytes)
        guard stage == .open else { return }
        let now = now
        buffer.withUnsafeReadableBytes { connection?.receive($0, now: now) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { settle() }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { settle() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection?.remoteClosed(now: now)
        finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        setup.logger.trace("socket failed", metadata: ["connection": "\(id)", "error": "\(error)"])
        context.close(promise: nil)
    }

    func handleScheduledCallback(eventLoop: some EventLoop) {
        timer.fired()
        connection?.deadlineReached(now: now)
        settle()
    }

    private var now: Instant { setup.clock.now(on: eventLoop) }

    // MARK: After every call

    /// Does what the connection wants done, after whatever has happened to it.
    private func settle() {
        guard stage == .open || stage == .draining else { return }
        handOver()
        write()
        tellCongestion()
        guard let context, connection != nil, stage != .closed else { return }
        switch connection?.ending {
        case .open: read(wantsRead, context)
        // To the end of what the peer sends, or it might lose the goodbye to a reset.
        case .flushing: read(true, context)
        case .finished, nil:
            context.close(promise: nil)
            return
        }
        timer.set(connection?.deadline, on: eventLoop, clock: setup.clock, calling: self)
    }

    /// Two ends with full outboxes that both wait for the other to read would wait for ever: so the end that dialed reads
    /// on, to the hard limit of its outbox. It is the other end that strangers can make answer.
    private var wantsRead: Bool {
        if connection?.wantsRead == true { return true }
        guard case .initiator = role else { return false }
        // Once all events are taken, only the outbox can be the reason.
        return connection?.hasEvents == false
    }

    private func read(_ wanted: Bool, _ context: ChannelHandlerContext) {
        guard wanted != isReading else { return }
        isReading = wanted
        do {
            try context.channel.syncOptions?.setOption(.autoRead, value: wanted)
        } catch {
            context.close(promise: nil)
        }
    }

    /// Hands events to the owner while it keeps up. If it doesn't, they stay in the connection, which then stops reading.
    private func handOver() {
        while !isPaused, connection?.hasEvents == true, gauge.hasRoom() { handOverBatch() }
    }

    /// Tells the owner when the peer takes too little, and when it has taken everything.
    private func tellCongestion() {
        let isFull = connection?.isCongested == true
        let isEmpty = connection?.hasBytes != true
        guard isCongested ? isEmpty : isFull else { return }
        isCongested.toggle()
        owner.connection(self, isCongested: isCongested)
    }

    private func handOverBatch() {
        guard let events = connection?.takeEvents(now: now), !events.isEmpty else { return }
        let weight = events.reduce(0) { $0 + $1.weight }
        gauge.add(weight)
        owner.connection(self, saw: events, weight: weight)
    }

    /// Writes when the socket takes it: until then the bytes stay in the connection, which minds how many and how long.
    private func write() {
        guard let context, context.channel.isWritable, connection?.hasBytes == true else { return }
        if let control = connection?.takeControlBytes(), control > 0 { setup.bytes.addControl(control) }
        let allocator = context.channel.allocator
        let buffer = connection?.takeBytes { bytes in
            var buffer = allocator.buffer(capacity: bytes.count)
            buffer.writeBytes(bytes)
            return buffer
        }
        guard let buffer else { return }
        setup.bytes.addSent(buffer.readableBytes)
        guard connection?.wantsClose == true else {
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
            return
        }
        stage = .draining
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in self.closeOutput() }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: written)
    }

    /// Tells the peer that nothing follows the goodbye. It closes, or the timer does.
    private func closeOutput() {
        guard stage == .draining, let context else { return }
        let closed = context.eventLoop.makePromise(of: Void.self)
        closed.futureResult.whenFailure { _ in self.abort() }
        context.close(mode: .output, promise: closed)
    }

    /// The socket is gone. What has happened until then goes to the owner, whether it keeps up or not: it is bounded.
    private func finish() {
        guard stage != .closed else { return }
        stage = .closed
        timer.cancel()
        while connection?.hasEvents == true { handOverBatch() }
        connection = nil
        owner.connectionClosed(self)
    }
}

extension ConnectionEvent {
    /// What it costs to keep, in bytes, roughly.
    fileprivate var weight: Int {
        if case .message(_, _, let payload) = self { 64 + payload.count } else { 64 }
    }
}
