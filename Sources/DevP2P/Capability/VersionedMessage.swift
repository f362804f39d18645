public import RLP

/// The messages of a capability that is spoken in several versions: one type for all of them, whose bytes depend on the
/// version that was negotiated with the peer. A capability of one version has a `CapabilityMessage`.
///
/// Ids count from zero within the capability; their offset on the wire is negotiated with each peer.
public protocol VersionedMessage: Sendable {
    /// The number of message ids that a version reserves. Both sides must agree on it.
    static func messageCount(version: UInt64) -> UInt8

    /// What an incoming message with this id is for: `other` unless the capability says otherwise.
    static func use(of id: UInt8) -> MessageUse

    /// This message's id, below `messageCount`.
    var id: UInt8 { get }

    /// How much it matters if the node's upload is limited: `relay` unless the message says otherwise.
    var uploadClass: UploadClass { get }

    /// What a relayed message is part of, by a number of the capability's own; nil for nothing.
    var stream: UInt64? { get }

    /// The streams that end with this message: what waits of them for the same peer isn't sent after it.
    var endedStreams: [UInt64] { get }

    /// Appends the payload in the form of a version: one RLP item.
    func encode(version: UInt64, into writer: inout RLPWriter)

    /// Reads a payload that a peer has sent: anything may be in it.
    init(id: UInt8, payload: ArraySlice<UInt8>, version: UInt64) throws(WireError)
}

extension VersionedMessage {
    public static func use(of id: UInt8) -> MessageUse { .other }
    public var uploadClass: UploadClass { .relay }
    public var stream: UInt64? { nil }
    public var endedStreams: [UInt64] { [] }
}

/// What an incoming message is for: what the node may leave out if it has reason to doubt the peer.
public enum MessageUse: Sendable {
    /// News that other peers bring too.
    case gossip
    /// It asks for an answer.
    case request
    /// Answers to the node's own requests, handshakes, changes of a peer's state: always taken.
    case other
}
