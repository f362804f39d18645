import RLP
import RLPx

extension OutboundMessage {
    /// Encodes and compresses a message of the capability at an index of the node's list, which has one version.
    ///
    /// For programs that talk over a `PeerConnection` without a node; a `CapabilityContext` does it by itself.
    public init(_ message: some CapabilityMessage, capability: Int) {
        self.init(message, version: 0, capability: capability)
    }

    /// Encodes and compresses a message in the form of a version.
    ///
    /// - Parameter capability: the index of that version in the node's list.
    public init(_ message: some VersionedMessage, version: UInt64, capability: Int) {
        var writer = RLPWriter()
        message.encode(version: version, into: &writer)
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
