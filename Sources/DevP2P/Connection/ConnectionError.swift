public import RLP
public import RLPx

/// How a peer can break the transport or the base protocol.
public enum ConnectionError: Error, Hashable, Sendable {
    case handshake(RLPxError)
    case frame(RLPxError)
    /// A payload that is no snappy block.
    case corruptCompression
    /// A payload larger, decompressed, than its protocol allows. Nothing was allocated for it.
    case oversizedMessage(bytes: Int, limit: Int)
    /// A Hello that doesn't decode.
    case malformedHello(RLPError)
    /// A Hello whose key isn't 64 bytes, or is all zero.
    case invalidIdentity
    /// Another message before Hello.
    case helloExpected(code: UInt64)
    /// A message code beyond those of all shared capabilities.
    case codeOutOfRange(UInt64)
    case pingFlood
}

extension ConnectionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .handshake(let error): "handshake: \(error)"
        case .frame(let error): "frame: \(error)"
        case .corruptCompression: "corrupt snappy block"
        case .oversizedMessage(let bytes, let limit): "message of \(bytes) bytes, at most \(limit) allowed"
        case .malformedHello(let error): "malformed hello: \(error)"
        case .invalidIdentity: "invalid node key in hello"
        case .helloExpected(let code): "message code \(code) before hello"
        case .codeOutOfRange(let code): "message code \(code) out of range"
        case .pingFlood: "ping flood"
        }
    }

    /// What the peer has done wrong; nil for a wrong MAC, which says only that the bytes aren't the peer's: who can write into
    /// the TCP connection, or replays a key exchange that he has recorded, makes one in the name of anybody.
    public var offence: Offence? {
        switch self {
        case .frame(.badHeaderMAC), .frame(.badFrameMAC): nil
        case .handshake, .malformedHello, .invalidIdentity, .helloExpected: .badHandshake
        case .frame, .corruptCompression, .codeOutOfRange: .badFrame
        case .oversizedMessage: .oversizedMessage
        case .pingFlood: .spam
        }
    }

    /// What the peer is told before the connection closes; nil for nothing, as in go-ethereum, which sends no reason
    /// for errors of the transport and of Hello (rlpx.md, section 7).
    var disconnectReason: DisconnectReason? {
        switch self {
        case .oversizedMessage: .subprotocolError
        case .pingFlood: .protocolBreach
        case .handshake, .frame, .corruptCompression, .malformedHello, .invalidIdentity, .helloExpected,
            .codeOutOfRange:
            nil
        }
    }
}
