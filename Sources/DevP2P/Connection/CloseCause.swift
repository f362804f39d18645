/// Why a connection has ended, and on whose side.
public enum CloseCause: Hashable, Sendable {
    /// The peer sent a Disconnect; nil for a reason that is none.
    case remote(DisconnectReason?)
    /// This node ended it, and told the peer so if it could.
    case local(DisconnectReason)
    /// The peer closed, or TCP failed, without a Disconnect.
    case network
    /// The peer was silent, or took nothing, for too long.
    case timeout(Phase)
    /// More waited for a peer that takes too little than `ConnectionLimits.maxOutputBytes`.
    case outputOverflow
    /// The peer broke the transport or the base protocol.
    case protocolError(ConnectionError)

    /// What was waited for in vain. The times are those of `ConnectionLimits.standard`.
    public enum Phase: String, Hashable, Sendable {
        /// The key exchange: 5 s.
        case handshake
        /// The peer's Hello: 10 s.
        case hello
        /// Any frame: 30 s.
        case idle
        /// That the peer takes what it is sent: 20 s.
        case write
    }
}

extension CloseCause: CustomStringConvertible {
    /// For people: who ended it and why, for instance `peer said: too many peers`.
    public var description: String {
        switch self {
        case .remote(let reason?): "peer said: \(reason)"
        case .remote(nil): "peer said: invalid disconnect reason"
        case .local(let reason): "we said: \(reason)"
        case .network: "network: connection closed"
        case .timeout(let phase): "timeout: \(phase)"
        case .outputOverflow: "network: peer takes too little of what it is sent"
        case .protocolError(let error): "protocol error: \(error)"
        }
    }

    /// What the peer has done wrong; nil where the end is nobody's fault, or the node itself decided it.
    public var offence: Offence? {
        switch self {
        case .remote, .local, .network: nil
        case .timeout(.handshake), .timeout(.hello): .handshakeTimeout
        case .timeout(.idle), .timeout(.write): .connectionTimeout
        case .outputOverflow: .slowReader
        case .protocolError(let error): error.offence
        }
    }
}

extension CloseCause.Phase: CustomStringConvertible {
    public var description: String {
        switch self {
        case .handshake: "no key exchange"
        case .hello: "no hello"
        case .idle: "peer was silent"
        case .write: "peer takes nothing of what it is sent"
        }
    }
}
