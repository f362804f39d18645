import SansIO

/// The deadlines of one connection.
struct ConnectionTimers: Sendable {
    /// Of the phase: the end of the key exchange, the peer's Hello, the peer's next frame.
    private var read: Instant
    /// When this node's next ping is due; nil before the connection is ready.
    private var ping: Instant?
    /// When the output must be taken; nil where there is none.
    private var write: Instant?
    /// When the socket is closed, written or not, once the connection has ended.
    var flush = Instant.distantFuture

    private let limits: ConnectionLimits

    init(_ limits: ConnectionLimits, now: Instant) {
        self.limits = limits
        read = now + limits.handshake
    }

    mutating func helloBegan(_ now: Instant) { read = now + limits.hello }

    mutating func readyBegan(_ now: Instant) {
        read = now + limits.idle
        ping = now + limits.pingInterval
    }

    mutating func frameReceived(_ now: Instant) { read = now + limits.idle }

    mutating func outputBegan(_ now: Instant) { if write == nil { write = now + limits.write } }

    mutating func outputTaken() { write = nil }

    /// The earliest. While this node doesn't read, it can't blame the peer for silence.
    func next(isReading: Bool) -> Instant {
        min(isReading ? read : .distantFuture, ping ?? .distantFuture, write ?? .distantFuture)
    }

    /// Whether a ping is due; if so the next one is set.
    mutating func takePing(_ now: Instant) -> Bool {
        guard let ping, ping <= now else { return false }
        self.ping = now + limits.pingInterval
        return true
    }

    /// What has taken too long.
    func timedOut(_ now: Instant, phase: PeerConnection.Phase, isReading: Bool) -> CloseCause.Phase? {
        if let write, write <= now { return .write }
        guard isReading, read <= now else { return nil }
        switch phase {
        case .handshake: return .handshake
        case .hello: return .hello
        case .ready: return .idle
        case .ended: return nil
        }
    }
}
