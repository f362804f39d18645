public import RLP

/// A message with the size that it had on the wire: what queues in front of slow programs are bounded by.
public struct RelayedMessage<Content: CapabilityMessage>: CapabilityMessage {
    public static var reservedIDs: UInt8 { Content.reservedIDs }

    public let content: Content
    /// Of the payload; 0 for a message that wasn't received.
    public let byteCount: Int

    public var id: UInt8 { content.id }
    public var uploadClass: UploadClass { content.uploadClass }
    public var stream: UInt64? { content.stream }
    public var endedStreams: [UInt64] { content.endedStreams }

    init(_ content: Content) {
        self.content = content
        byteCount = 0
    }

    public init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError) {
        content = try Content(id: id, payload: payload)
        byteCount = payload.count
    }

    public func encode(into writer: inout RLPWriter) { content.encode(into: &writer) }
}
