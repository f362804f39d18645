public import RLP

/// The messages of a capability that has none: it speaks through topics only.
///
/// It reserves one id all the same, which nobody may use: what has no ids isn't negotiated by all clients.
public enum NoMessages: CapabilityMessage {
    public static let reservedIDs: UInt8 = 1

    public var id: UInt8 { 0 }

    public func encode(into writer: inout RLPWriter) {}

    public init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError) { throw .unknownMessageID(id) }
}

extension Capability where Message == NoMessages {
    /// There is nothing that could come.
    public mutating func received(_ message: Message, from peer: Peer, _ node: inout CapabilityContext<Self>) {}
}
