public import RLP

/// The messages of a capability of one version, usually an enum with a case for each.
public protocol CapabilityMessage: VersionedMessage {
    /// The number of message ids that the capability reserves. Both sides must agree on it.
    static var reservedIDs: UInt8 { get }

    /// Appends the payload: one RLP item.
    func encode(into writer: inout RLPWriter)

    /// Reads a payload that a peer has sent: anything may be in it.
    init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError)
}

extension CapabilityMessage {
    public static func messageCount(version: UInt64) -> UInt8 { reservedIDs }

    public func encode(version: UInt64, into writer: inout RLPWriter) { encode(into: &writer) }

    public init(id: UInt8, payload: ArraySlice<UInt8>, version: UInt64) throws(WireError) {
        try self.init(id: id, payload: payload)
    }
}
