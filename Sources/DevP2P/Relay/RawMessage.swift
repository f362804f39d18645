public import RLP

/// A message that this node doesn't look into: an id and one RLP item.
public struct RawMessage: CapabilityMessage, Hashable {
    /// The most that a capability can have. How many it has is in its descriptor.
    public static var reservedIDs: UInt8 { .max }

    public let id: UInt8
    public let payload: [UInt8]

    /// - Throws: `malformed` where the payload isn't exactly one RLP item.
    public init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError) {
        do {
            try RLPValidator.validate(payload)
        } catch {
            throw .malformed(error)
        }
        self.id = id
        self.payload = Array(payload)
    }

    public func encode(into writer: inout RLPWriter) { writer.writeRaw(payload) }
}
