/// Why a node ends a session: the number in a Disconnect message (rlpx.md of the devp2p specification).
public enum DisconnectReason: UInt8, Hashable, Sendable, CaseIterable {
    case requested = 0x00
    case networkError = 0x01
    case protocolBreach = 0x02
    case uselessPeer = 0x03
    case tooManyPeers = 0x04
    case alreadyConnected = 0x05
    case incompatibleVersion = 0x06
    case invalidIdentity = 0x07
    case quitting = 0x08
    case unexpectedIdentity = 0x09
    case connectedToSelf = 0x0a
    case timeout = 0x0b
    case subprotocolError = 0x10
}

extension DisconnectReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .requested: "disconnect requested"
        case .networkError: "network error"
        case .protocolBreach: "breach of protocol"
        case .uselessPeer: "useless peer"
        case .tooManyPeers: "too many peers"
        case .alreadyConnected: "already connected"
        case .incompatibleVersion: "incompatible p2p protocol version"
        case .invalidIdentity: "invalid node identity"
        case .quitting: "client quitting"
        case .unexpectedIdentity: "unexpected identity"
        case .connectedToSelf: "connected to self"
        case .timeout: "read timeout"
        case .subprotocolError: "subprotocol error"
        }
    }
}
