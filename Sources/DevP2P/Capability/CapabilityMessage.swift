public import RLP

/// The messages of a capability, usually an enum with a case for each.
///
/// Ids count from zero within the capability; where they lie on the wire is agreed anew with every peer and is nobody
/// else's business.
public protocol CapabilityMessage: Sendable {
    /// The number of message ids that the capability reserves. Both sides must agree on it.
    static var reservedIDs: UInt8 { get }

    /// This message's id, below `reservedIDs`.
    var id: UInt8 { get }

    /// How much it matters where the node's upload is limited: `relay` unless the message says otherwise.
    var uploadClass: UploadClass { get }

    /// What a relayed message is part of, by a number of the capability's own; nil for nothing.
    var stream: UInt64? { get }

    /// The streams that end with this message: what waits of them for the same peer isn't sent after it.
    var endedStreams: [UInt64] { get }

    /// Appends the payload: one RLP item.
    func encode(into writer: inout RLPWriter)

    /// Reads a payload that a peer has sent: anything may be in it.
    init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError)
}

extension CapabilityMessage {
    public var uploadClass: UploadClass { .relay }
    public var stream: UInt64? { nil }
    public var endedStreams: [UInt64] { [] }
}
