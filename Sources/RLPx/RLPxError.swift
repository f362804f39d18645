public import RLP

/// How the far end of an RLPx connection can break it. After any of these only the end of the connection helps.
public enum RLPxError: Error, Hashable, Sendable {
    /// A handshake message that announces less than an encrypted message has, or more than `Handshake.maxMessageBytes`.
    case handshakeSize(Int)
    /// An encrypted handshake message that is not for this node, was changed under way, or names a point off the curve.
    case undecryptableHandshake
    /// A decrypted handshake message that isn't the list it should be.
    case malformedHandshake(RLPError)
    /// A key that isn't a point on the curve, or a signature that no key could have made.
    case invalidKey
    case badHeaderMAC
    case badFrameMAC
    /// A frame, to send or announced by the peer, larger than the limit in force. In bytes of content.
    case frameTooLarge(bytes: Int, limit: Int)
    /// A frame that doesn't begin with a canonical RLP integer of at most 64 bits.
    case invalidMessageCode
}

extension RLPxError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .handshakeSize(let size): "handshake message of \(size) bytes"
        case .undecryptableHandshake: "handshake message can't be decrypted"
        case .malformedHandshake(let error): "malformed handshake message: \(error)"
        case .invalidKey: "invalid public key or signature"
        case .badHeaderMAC: "bad header MAC"
        case .badFrameMAC: "bad frame MAC"
        case .frameTooLarge(let bytes, let limit): "frame of \(bytes) bytes, at most \(limit) allowed"
        case .invalidMessageCode: "invalid message code"
        }
    }
}
