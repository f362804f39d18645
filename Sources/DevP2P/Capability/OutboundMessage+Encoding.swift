import RLP
import RLPx

extension OutboundMessage {
    /// Encodes and compresses a message of the capability at an index of the node's list.
    ///
    /// For programs that talk over a `PeerConnection` without a node; a `CapabilityContext` does it by itself.
    public init(_ message: some CapabilityMessage, capability: Int) {
        var writer = RLPWriter()
        message.encode(into: &writer)
        self.init(
            capability: capability, id: message.id, payload: Snappy.compress(writer.bytes),
            uploadClass: message.uploadClass)
        stream = message.stream
        endedStreams = message.endedStreams
    }

    /// The RLP payload as it was before compression.
    package var rlp: [UInt8]? {
        payload.withUnsafeBytes { try? Snappy.decompress($0, limit: FrameCodec.largestContentBytes) }
    }
}
