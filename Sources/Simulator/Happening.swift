import DevP2P
import NodeCore
import Primitives
import SansIO

/// Something that will happen to a node at a moment of virtual time.
struct Happening {
    enum Kind {
        /// A datagram has reached the node's access link, or has come through it.
        case datagram([UInt8], from: Remote, isThrough: Bool)
        /// A connection from another node has reached this one, or one of its own is there.
        case connected(ConnectionID, to: Remote, key: PublicKey?, remoteIsReady: Instant)
        case refused(ConnectionID)
        /// As a datagram's way, for bytes of a connection.
        case bytes(ConnectionID, [UInt8], from: Remote, isThrough: Bool)
        case remoteClosed(ConnectionID)
        /// The uplink has room again.
        case writable(ConnectionID)
        case connectionDeadline(ConnectionID)
        case nodeDeadline
        /// A misbehaving node does something, if it still has the behaviour of this number.
        case deeds(Int)
        case jobCompleted(JobID)
    }

    let node: Int32
    /// Which life of the node it is meant for; a restarted node doesn't get what was on its way to the one before.
    let life: Int32
    let kind: Kind
}

/// A node as others see it, in one of its lives, or the far end of a virtual connection.
struct Remote {
    let node: Int32
    let life: Int32
    let connection: ConnectionID
}
