public import DevP2P
public import RLP

/// The encoding in each version.
extension EthMessage: VersionedMessage {
    public static func messageCount(version: UInt64) -> UInt8 { EthVersion(rawValue: version)?.messageCount ?? 0 }

    public static func use(of id: UInt8) -> MessageUse { EthMessageID(rawValue: id)?.use ?? .other }

    public var id: UInt8 { messageID.rawValue }

    public var uploadClass: UploadClass { messageID.uploadClass }

    /// Appends the payload. The message must belong to the version: receipts in the form of another version trap.
    public func encode(version: UInt64, into writer: inout RLPWriter) {
        encode(EthVersion(rawValue: version) ?? .newest, into: &writer)
    }

    /// Decodes a payload. Strict about everything inside the message's list; bytes after the list are ignored, as in
    /// go-ethereum.
    ///
    /// - Throws: `unknownMessageID`, also for an unknown version; `malformed`; `limitExceeded` for more items
    ///   than `EthLimits` allows, before any of them is decoded; `ruleBroken` for an announcement whose lists differ in
    ///   length.
    public init(id: UInt8, payload: ArraySlice<UInt8>, version: UInt64) throws(WireError) {
        guard let version = EthVersion(rawValue: version), id < version.messageCount,
            let messageID = EthMessageID(rawValue: id)
        else { throw .unknownMessageID(id) }
        try self.init(messageID, payload, version)
    }

    /// Decodes a payload; as `init(id:payload:version:)` with a number.
    public init(id: UInt8, payload: ArraySlice<UInt8>, version: EthVersion) throws(WireError) {
        try self.init(id: id, payload: payload, version: version.number)
    }
}

extension OutboundMessage {
    /// A message of `eth` in the encoding of a version, for programs that use a `PeerConnection` without a node.
    ///
    /// - Parameter capability: the index of that version in the list of the connection's capabilities.
    public init(_ message: EthMessage, version: EthVersion, capability: Int) {
        self.init(message, version: version.number, capability: capability)
    }
}
