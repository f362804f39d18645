/// What one capability has exchanged with all peers since the node started.
public struct CapabilityMetrics: Sendable, Hashable {
    public var messagesReceived: UInt64 = 0
    /// Payloads, as the capability reads them: after decompression, without framing.
    public var bytesReceived: UInt64 = 0
    public var messagesSent: UInt64 = 0
    /// Payloads, as the capability writes them: before compression, once for each receiver.
    public var bytesSent: UInt64 = 0
    /// Messages that didn't decode. Each of them has cost its peer the connection.
    public var malformed: UInt64 = 0

    public init() {}

    /// Counts a message on its way to one peer.
    public mutating func sent(_ message: OutboundMessage) {
        messagesSent &+= 1
        bytesSent &+= UInt64(message.byteCount)
    }
}
