public import DevP2P
public import RLP

/// The bytes of each version.
extension EthMessage: VersionedMessage {
    public static func messageCount(version: UInt64) -> UInt8 { EthVersion(rawValue: version)?.messageCount ?? 0 }

    public static func use(of id: UInt8) -> MessageUse { EthMessageID(rawValue: id)?.use ?? .other }

    public var id: UInt8 { messageID.rawValue }

    public var uploadClass: UploadClass { messageID.uploadClass }

    /// A message must be of the version: a Status of eth/68 has no form in eth/69.
    public func encode(version: UInt64, into writer: inout RLPWriter) {
        encode(EthVersion(rawValue: version) ?? .newest, into: &writer)
    }

    /// Strict about everything inside the message's list; bytes after the list are ignored, as go-ethereum does.
    ///
    /// - Throws: `unknownMessageID`, also for a version that isn't spoken here; `malformed`; `limitExceeded` for more items
    ///   than `EthLimits` allows, before any of them is decoded; `ruleBroken` for an announcement whose lists differ in
    ///   length.
    public init(id: UInt8, payload: ArraySlice<UInt8>, version: UInt64) throws(WireError) {
        guard let version = EthVersion(rawValue: version), id < version.messageCount,
            let messageID = EthMessageID(rawValue: id)
        else { throw .unknownMessageID(id) }
        try self.init(messageID, payload, version)
    }

    /// As the other initializer.
    public init(id: UInt8, payload: ArraySlice<UInt8>, version: EthVersion) throws(WireError) {
        try self.init(id: id, payload: payload, version: version.number)
    }
}

extension OutboundMessage {
    /// A message of `eth` in the form of a version, for programs that talk over a `PeerConnection` without a node.
    ///
    /// - Parameter capability: the index of that version in the node's list.
    public init(_ message: EthMessage, version: EthVersion, capability: Int) {
        self.init(message, version: version.number, capability: capability)
    }
}
