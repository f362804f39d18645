import DevP2P

/// An error of a program. Its description is sent to the program, and the connection ends.
public enum SidecarError: Error, Hashable, Sendable, CustomStringConvertible {
    case emptyFrame
    case oversizedFrame(bytes: Int, limit: Int)
    case unknownFrame(type: UInt8)
    /// A frame that ends before its last field, or continues after it.
    case malformedFrame(type: UInt8)
    /// The first frame wasn't attach, or a later one was.
    case outOfOrder
    case unsupportedVersion(UInt8)
    /// The socket serves another capability, of this name.
    case otherCapability(String)
    /// The socket's capability is being served by another program.
    case alreadyAttached
    case unknownMessageID(UInt8, count: UInt8)
    case payloadIsNotRLP
    case oversizedPayload(bytes: Int, limit: Int)
    case unknownOffence(String)
    case unknownMerit(String)
    case unknownReason(UInt8)

    public var description: String {
        switch self {
        case .emptyFrame: "a frame of length 0"
        case .oversizedFrame(let bytes, let limit): "a frame of \(bytes) bytes; at most \(limit) are allowed"
        case .unknownFrame(let type): "an unknown frame type \(type)"
        case .malformedFrame(let type): "a frame of type \(type) that ends too early or too late"
        case .outOfOrder: "attach must come first, and once"
        case .unsupportedVersion(let version): "version \(version) of this protocol isn't spoken here; 1 is"
        case .otherCapability(let name): "this socket is for \(name)"
        case .alreadyAttached: "another program is attached"
        case .unknownMessageID(let id, let count): "message id \(id), and the capability reserves \(count)"
        case .payloadIsNotRLP: "a payload that isn't exactly one RLP item"
        case .oversizedPayload(let bytes, let limit): "a payload of \(bytes) bytes; at most \(limit) are allowed"
        case .unknownOffence(let name): "no offence is called '\(name)'"
        case .unknownMerit(let name): "no merit is called '\(name)'"
        case .unknownReason(let code): "no reason for a disconnect has the number \(code)"
        }
    }
}
