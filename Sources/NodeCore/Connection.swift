import DevP2P
import Primitives
import SansIO

/// What the node knows about one TCP connection.
struct Connection: Sendable {
    let endpoint: Endpoint
    let isInbound: Bool
    let since: Instant
    /// Set once the key exchange is done.
    var key: PublicKey?
    /// Set once Hellos are exchanged.
    var hello: PeerHello?
    /// Set from then on until the session is open.
    var session: PendingSession?
    /// Set once the session is open and the peer book has given it a slot.
    var peer: Peer?
    /// Whether the peer takes less than it is sent.
    var isCongested = false
    /// Answers to be put together once it has taken what is there.
    var owed: [(host: Int, job: ServingJob)] = []
    /// How often it is served while its gossip isn't taken.
    var ration: TokenBucket?
    /// Our own Disconnect is on its way: nothing more is taken from it.
    var isClosing = false
}

/// A session whose capability is still in its handshake. The other capabilities don't know of it yet: what comes for them
/// is kept until it is open.
struct PendingSession: Sendable {
    struct Message: Sendable {
        let capability: Int
        let id: UInt8
        let payload: [UInt8]
    }

    /// An honest peer sends its part of the handshake first: then nothing waits for longer than it takes to read it.
    static let maxMessages = 32
    static let maxBytes = 64 << 10

    let peer: Peer
    private(set) var messages: [Message] = []
    private var bytes = 0

    init(_ peer: Peer) { self.peer = peer }

    /// Keeps a message; false where there are too many.
    mutating func keep(_ message: Message) -> Bool {
        bytes += message.payload.count
        guard messages.count < Self.maxMessages, bytes <= Self.maxBytes else { return false }
        messages.append(message)
        return true
    }
}
