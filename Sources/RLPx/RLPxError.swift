public import RLP

/// A violation of the RLPx protocol by the peer, after which the connection must be closed.
public enum RLPxError: Error, Hashable, Sendable {
    /// A handshake message whose size prefix is below `ECIES.overhead` or above `Handshake.maxMessageBytes`.
    case handshakeSize(Int)
    /// An encrypted handshake message that is not for this node, was changed, or has a key that is not on the curve.
    case undecryptableHandshake
    /// A decrypted handshake message that isn't the RLP list of its format.
    case malformedHandshake(RLPError)
    /// A key that isn't a point on the curve, or a signature that no key could have made.
    case invalidKey
    case badHeaderMAC
    case badFrameMAC
    /// A frame, to be sent or received, with more bytes of content than the limit.
    case frameTooLarge(bytes: Int, limit: Int)
    /// A frame whose content doesn't begin with a canonical RLP integer of at most 64 bits.
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
