import DevP2P
import NodeCore
import Primitives
import SansIO

/// Something that will happen at a moment of virtual time.
struct Happening: Comparable {
    enum Kind {
        case datagram([UInt8], from: Endpoint)
        /// A connection from another node has reached this one.
        case connected(ConnectionID, to: Remote, key: PublicKey?)
        case refused(ConnectionID)
        case bytes(ConnectionID, [UInt8])
        case remoteClosed(ConnectionID)
        case connectionDeadline(ConnectionID)
        case nodeDeadline
        case jobCompleted(JobID, any Sendable)
    }

    let at: Instant
    /// Breaks ties, in the order of scheduling.
    let sequence: UInt64
    let node: Int
    /// Which life of the node it is meant for; a restarted node doesn't get what was on its way to the one before.
    let life: Int
    let kind: Kind

    static func < (left: Self, right: Self) -> Bool {
        left.at != right.at ? left.at < right.at : left.sequence < right.sequence
    }

    static func == (left: Self, right: Self) -> Bool { left.sequence == right.sequence }
}

/// The far end of a virtual connection.
struct Remote {
    let node: Int
    let life: Int
    let connection: ConnectionID
}
