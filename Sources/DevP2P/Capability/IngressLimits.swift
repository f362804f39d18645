/// What one peer may send for one capability, before anyone has looked at it.
public struct IngressLimits: Sendable, Hashable {
    /// The largest payload, decompressed, in bytes. A larger one closes the connection before it is decompressed.
    public var maxMessageBytes: Int

    /// Payload bytes that may wait for the node; reading stops above it, until the node has taken them.
    public var maxBufferedBytes: Int

    /// Messages that may wait for the node; reading stops above it.
    public var maxBufferedMessages: Int

    public init(maxMessageBytes: Int, maxBufferedBytes: Int, maxBufferedMessages: Int) {
        self.maxMessageBytes = maxMessageBytes
        self.maxBufferedBytes = maxBufferedBytes
        self.maxBufferedMessages = maxBufferedMessages
    }

    /// 10 MiB a message, as go-ethereum has for `eth` and `snap`; 1 MiB or 256 messages buffered.
    ///
    /// A single message may be larger than the buffer: then it waits alone.
    public static let standard = IngressLimits(
        maxMessageBytes: 10 << 20, maxBufferedBytes: 1 << 20, maxBufferedMessages: 256)
}
