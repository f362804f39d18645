public import DevP2P
public import RLP

/// A message of one version of `eth`: what a `Capability` of that version sends and receives.
public struct VersionedEthMessage<Version: EthVersion>: CapabilityMessage {
    public var message: EthMessage

    public static var reservedIDs: UInt8 { Version.messageCount }

    public var id: UInt8 { message.messageID.rawValue }

    public var uploadClass: UploadClass { message.messageID.uploadClass }

    public init(_ message: EthMessage) { self.message = message }

    public func encode(into writer: inout RLPWriter) { message.encode(Version.self, into: &writer) }

    /// Strict about everything inside the message's list; bytes after the list are ignored, as go-ethereum does.
    ///
    /// - Throws: `unknownMessageID`; `malformed`; `limitExceeded` for more items than `EthLimits` allows, before any
    ///   of them is decoded; `ruleBroken` for an announcement whose lists differ in length.
    public init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError) {
        guard id < Version.messageCount, let messageID = EthMessageID(rawValue: id) else {
            throw .unknownMessageID(id)
        }
        message = try EthMessage(messageID, payload, Version.self)
    }
}

public typealias Eth68Message = VersionedEthMessage<Eth68>
public typealias Eth69Message = VersionedEthMessage<Eth69>
