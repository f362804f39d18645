public import EthCrypto
public import Primitives
import RLPx
public import SansIO

/// One end of a devp2p connection, from the first byte to the last: bytes in, events out; messages in, bytes out.
///
///     handshake --ack or auth--> hello --Hello--> ready --Disconnect, error, timeout--> ended
///
/// After every call the driver takes what has come of it:
///
/// - `takeBytes`, when the socket can take them;
/// - `takeEvents`, when the node can take them, until there are none;
/// - `wantsRead`: it stops reading the socket while this is false;
/// - `deadline`: it calls `deadlineReached` then;
/// - `ending`: whether, and how soon, to close the socket.
///
/// Nothing that a peer sends makes it trap, or hold more memory than `ConnectionLimits` and the capabilities'
/// `IngressLimits` say.
public struct PeerConnection: ~Copyable, Sendable {
    /// How far the end of the connection is.
    public enum Ending: Sendable, Equatable {
        case open
        /// Write the remaining bytes, then close the socket; if they aren't written by `deadline`, close it then.
        case flushing
        /// Close the socket now.
        case finished
    }

    enum Phase: Sendable {
        case handshake(Handshake)
        case hello
        case ready(MessageCodes)
        case ended
    }

    let publicKey: PublicKey
    let hello: LocalHello
    let limits: ConnectionLimits

    var phase: Phase
    /// From the end of the key exchange to the end of the connection.
    var codec: FrameCodec?

    /// The peer's static key: known from the start to the end that dialed, after the key exchange to the other.
    public internal(set) var remoteKey: PublicKey?

    /// The peer's Hello, once it has come, also where the connection ends for what it says.
    public internal(set) var remoteHello: PeerHello?

    public internal(set) var ending = Ending.open

    /// Whether payloads are compressed: both ends say a version of the base protocol that has snappy.
    var isCompressed = true

    var output: [UInt8] = []
    var controlBytes = 0
    var events: [ConnectionEvent] = []
    var ingress = IngressBudget()
    var pings: TokenBucket
    var timers: ConnectionTimers

    /// The end that dialed the peer with `remoteKey`. The first bytes are ready to be taken.
    ///
    /// A key that isn't on the curve makes a connection that has ended.
    public init(
        initiatorTo remoteKey: PublicKey, identity: PrivateKey, hello: LocalHello, random: NodeRandom, now: Instant,
        limits: ConnectionLimits = .standard
    ) {
        self.init(
            phase: .ended, remoteKey: remoteKey, publicKey: identity.publicKey, hello: hello, now: now, limits: limits)
        do {
            var handshake = try Handshake(initiatorTo: remoteKey, identity: identity, random: random)
            output = handshake.takeOutput()
            controlBytes = output.count
            timers.outputBegan(now)
            phase = .handshake(handshake)
        } catch {
            ending = .finished
            events.append(.closed(.protocolError(.handshake(error))))
        }
    }

    /// The end that was dialed.
    public init(
        recipient identity: PrivateKey, hello: LocalHello, random: NodeRandom, now: Instant,
        limits: ConnectionLimits = .standard
    ) {
        self.init(
            phase: .handshake(Handshake(recipient: identity, random: random)), remoteKey: nil,
            publicKey: identity.publicKey, hello: hello, now: now, limits: limits)
    }

    /// An end without any encryption, whose messages have the sizes that they would have with it: for simulations.
    ///
    /// - Parameter remoteKey: of the peer that is dialed; nil at the end that was dialed.
    package init(
        plainWith remoteKey: PublicKey?, identity: PrivateKey, hello: LocalHello, random: NodeRandom, now: Instant,
        limits: ConnectionLimits = .standard
    ) {
        var handshake = Handshake(plainWith: remoteKey, identity: identity, random: random)
        let first = handshake.takeOutput()
        self.init(
            phase: .handshake(handshake), remoteKey: remoteKey, publicKey: identity.publicKey, hello: hello, now: now,
            limits: limits)
        output = first
        controlBytes = first.count
        if !first.isEmpty { timers.outputBegan(now) }
    }

    private init(
        phase: Phase, remoteKey: PublicKey?, publicKey: PublicKey, hello: LocalHello, now: Instant,
        limits: ConnectionLimits
    ) {
        self.phase = phase
        self.remoteKey = remoteKey
        self.publicKey = publicKey
        self.hello = hello
        self.limits = limits
        pings = TokenBucket(burst: limits.pingBurst, perSecond: limits.pingsPerSecond, now: now)
        timers = ConnectionTimers(limits, now: now)
    }

    // MARK: For the driver to look at

    /// Whether the connection has ended.
    public var wantsClose: Bool { ending != .open }

    /// Whether there is something for `takeBytes`.
    public var hasBytes: Bool { !output.isEmpty }

    /// Whether there is something for `takeEvents`.
    public var hasEvents: Bool { !events.isEmpty }

    /// Whether the socket should be read: not while the node or the peer is behind with what it has to take.
    public var wantsRead: Bool {
        !wantsClose && !ingress.isExhausted && output.count < limits.pausingOutputBytes
    }

    /// Whether the peer takes less than it is sent. What it has asked for should wait until it has taken what is there.
    public var isCongested: Bool { output.count >= limits.pausingOutputBytes }

    /// When `deadlineReached` is wanted. It moves with every frame: a driver does well to leave a timer that is set
    /// too early, and to look again when it fires.
    public var deadline: Instant? {
        switch ending {
        case .open: timers.next(isReading: !ingress.isExhausted)
        case .flushing: timers.flush
        case .finished: nil
        }
    }

    // MARK: For the driver to take

    /// The bytes to write. Take them when the socket can: how long they wait here is how slow a peer is measured.
    public mutating func takeBytes() -> [UInt8] {
        timers.outputTaken()
        defer { output = [] }
        return output
    }

    /// As `takeBytes`, but lends the bytes for the call, and keeps the memory for the next ones.
    public mutating func takeBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        timers.outputTaken()
        defer { output.removeAll(keepingCapacity: output.capacity <= Self.keptCapacity) }
        return output.withUnsafeBytes(body)
    }

    /// The bytes since the last call that no capability has sent: handshake, Hello, pings, pongs and Disconnect. Who
    /// sends the capabilities' messages knows their size (`OutboundMessage.frameBytes`).
    public mutating func takeControlBytes() -> Int {
        defer { controlBytes = 0 }
        return controlBytes
    }

    /// What has happened, in order. If reading had stopped since the node was behind, more may be there afterwards.
    public mutating func takeEvents(now: Instant) -> [ConnectionEvent] {
        let taken = events
        events = []
        if ingress.isExhausted {
            timers.frameReceived(now)
            ingress.refill()
            openFrames(now)
        } else {
            ingress.refill()
        }
        return taken
    }

    /// An empty output buffer of at most this size is kept.
    private static let keptCapacity = 1 << 18

    // MARK: What happens to it

    /// The peer has closed, or TCP has failed.
    public mutating func remoteClosed(now: Instant) {
        end(.network, now: now)
        finish()
    }

    /// Ends the connection, and tells the peer why if the key exchange is done.
    public mutating func disconnect(_ reason: DisconnectReason, now: Instant) {
        end(.local(reason), telling: reason, now: now)
    }

    /// The time is at or past `deadline`; earlier calls do nothing.
    public mutating func deadlineReached(now: Instant) {
        guard ending == .open else {
            if timers.flush <= now { finish() }
            return
        }
        if let timedOut = timers.timedOut(now, phase: phase, isReading: !ingress.isExhausted) {
            end(.timeout(timedOut), telling: timedOut == .idle ? .timeout : nil, now: now)
        } else if case .ready = phase, timers.takePing(now) {
            releaseMemory()
            send(code: BaseMessage.ping, payload: BaseMessage.emptyList(isCompressed: isCompressed), now: now)
        }
    }

    /// Gives back buffers that stand empty when a ping is due: an idle peer costs little.
    private mutating func releaseMemory() {
        codec?.releaseMemory()
        if output.isEmpty { output = [] }
    }

    // MARK: The end

    /// Ends the connection once; later calls change nothing.
    ///
    /// - Parameter reason: what to tell the peer, if there are keys to tell it with; nil to close silently.
    mutating func end(_ cause: CloseCause, telling reason: DisconnectReason? = nil, now: Instant) {
        guard ending == .open else { return }
        let tells = reason != nil && codec != nil
        if let reason {
            let payload = reason.payload
            send(code: BaseMessage.disconnect, payload: isCompressed ? Snappy.compress(payload) : payload, now: now)
            // That may have been too much for the output.
            guard ending == .open else { return }
        }
        phase = .ended
        codec = nil
        events.append(.closed(cause))
        if tells {
            ending = .flushing
            timers.flush = now + limits.flush
        } else {
            finish()
        }
    }

    private mutating func finish() {
        ending = .finished
        output = []
    }
}
