import DevP2P
import EthCrypto
import Primitives
import RLP
import RLPx
import SansIO

/// A `PeerConnection` that peer 0 has dialed, seen from that peer, who has the keys and may send what it likes. Checks
/// what a driver relies on after every step.
struct HostileSession: ~Copyable {
    static let capabilities = [
        CapabilityDescriptor(
            name: CapabilityName("chat", version: 1), messageCount: 4,
            limits: IngressLimits(maxMessageBytes: 5000, maxBufferedBytes: 8000, maxBufferedMessages: 8)),
        CapabilityDescriptor(
            name: CapabilityName("chat", version: 2), messageCount: 7,
            limits: IngressLimits(maxMessageBytes: 5000, maxBufferedBytes: 8000, maxBufferedMessages: 8)),
        CapabilityDescriptor(
            name: CapabilityName("log", version: 1), messageCount: 1,
            limits: IngressLimits(maxMessageBytes: 100_000, maxBufferedBytes: 1000, maxBufferedMessages: 2)),
    ]

    var connection: PeerConnection
    var frames: HostileFrames
    var now = Fixed.now
    private(set) var isReady = false
    private(set) var isClosed = false
    /// Payloads of the last `takeEvents`.
    private(set) var payloads: [[UInt8]] = []
    /// Whether the node's next bytes are the beginning of a frame.
    var isInStep = true
    private var isIdentified = false

    /// A session whose key exchange is done: the node has said Hello, the peer hasn't.
    static func begin() throws(BrokenProperty) -> HostileSession {
        guard let session = FixedSession.shared else { throw BrokenProperty("the key exchange fails") }
        var hostile = HostileSession(session)
        hostile.connection.receive(session.auth[...], now: hostile.now)
        try hostile.takeEvents()
        try require(hostile.isIdentified, "an honest key exchange fails")
        _ = hostile.connection.takeBytes()
        return hostile
    }

    private init(_ session: FixedSession) {
        connection = PeerConnection(
            recipient: Fixed.nodeKey, hello: LocalHello(clientID: "fuzzed", capabilities: Self.capabilities),
            random: NodeRandom(seed: FixedSession.nodeRandomSeed), now: now)
        frames = HostileFrames(session.initiator)
    }

    /// A Hello that shares two capabilities.
    static let hello: [UInt8] = {
        var writer = RLPWriter()
        writer.list { list in
            list.write(UInt64(5))
            list.write("hostile/v1".utf8)
            list.write(list: [capabilities[0].name, capabilities[1].name, capabilities[2].name])
            list.write(UInt64(0))
            list.write(Fixed.peerKeys[0].publicKey)
        }
        return writer.bytes
    }()

    mutating func receive(_ wire: [UInt8]) throws(BrokenProperty) {
        connection.receive(wire[...], now: now)
        try check()
    }

    /// Lets time pass, and the deadline come.
    mutating func wait(_ duration: Duration) throws(BrokenProperty) {
        now = now + duration
        for _ in 0..<4 {
            guard let deadline = connection.deadline, deadline <= now else { return }
            connection.deadlineReached(now: now)
            try check()
        }
        try require((connection.deadline ?? .distantFuture) > now, "the deadline never moves: a driver would spin")
    }

    mutating func takeBytes() throws(BrokenProperty) {
        let bytes = connection.takeBytes()
        try require(bytes.count <= ConnectionLimits.standard.maxOutputBytes + 4096, "too much output")
    }

    mutating func takeEvents() throws(BrokenProperty) {
        payloads = []
        var bytes = 0
        for event in connection.takeEvents(now: now) {
            try require(!isClosed, "an event after the end")
            switch event {
            case .identified(let key):
                try require(!isIdentified && key == Fixed.peerKeys[0].publicKey, "identified twice or wrongly")
                isIdentified = true
            case .ready(let hello):
                try require(!isReady && isIdentified, "ready twice, or before the key exchange")
                try require(!hello.shared.isEmpty, "ready without a capability")
                isReady = true
            case .message(let capability, let id, let payload):
                try require(isReady, "a message before Hello")
                try require(Self.capabilities.indices.contains(capability), "a message of no capability")
                let descriptor = Self.capabilities[capability]
                try require(id < descriptor.messageCount, "an id out of range")
                try require(payload.count <= descriptor.limits.maxMessageBytes, "a payload above the limit")
                bytes += payload.count
                payloads.append(payload)
            case .closed: isClosed = true
            }
        }
        // A share is used up by the message that passes its limit: all shares, and one message more.
        let limits = Self.capabilities.map(\.limits)
        try require(
            bytes <= limits.reduce(0) { $0 + $1.maxBufferedBytes } + 100_000, "\(bytes) bytes waited for the node")
        try require(
            payloads.count <= limits.reduce(1) { $0 + $1.maxBufferedMessages }, "\(payloads.count) messages waited")
        try check()
    }

    /// What holds after every call.
    private func check() throws(BrokenProperty) {
        try require(connection.wantsClose || !isClosed, "an ended connection wants to go on")
        try require(!(connection.wantsRead && connection.wantsClose), "an ended connection wants to read")
        switch connection.ending {
        case .open, .flushing: try require(connection.deadline != nil, "nothing would ever end this connection")
        case .finished: try require(connection.deadline == nil, "a finished connection has a deadline")
        }
    }
}
