import RLPx

/// A message on its way to a connection: encoded and compressed, not yet framed.
///
/// Broadcasts share one payload among all receivers.
public struct OutboundMessage: Sendable {
    /// The capability's index in the node's list of capabilities.
    public let capability: Int
    /// The id within the capability.
    public let id: UInt8
    /// The RLP payload, compressed with snappy (EIP-706).
    public let payload: [UInt8]
    public let uploadClass: UploadClass
    /// What it is part of, and what ends with it, within the capability (`CapabilityMessage`).
    public var stream: UInt64?
    public var endedStreams: [UInt64] = []

    public init(capability: Int, id: UInt8, payload: [UInt8], uploadClass: UploadClass = .relay) {
        self.capability = capability
        self.id = id
        self.payload = payload
        self.uploadClass = uploadClass
    }

    /// The message with an RLP payload that is not compressed yet.
    public init(capability: Int, id: UInt8, compressing rlp: [UInt8], uploadClass: UploadClass = .relay) {
        self.init(capability: capability, id: id, payload: Snappy.compress(rlp), uploadClass: uploadClass)
    }

    /// The bytes of its frame on the wire.
    public var frameBytes: Int { FrameCodec.frameBytes(payload: payload.count) }

    /// The bytes of the RLP payload, as they are before compression.
    public var byteCount: Int { payload.withUnsafeBytes { Snappy.declaredCount($0) ?? $0.count } }
}
