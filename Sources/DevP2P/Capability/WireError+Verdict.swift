extension WireError {
    /// What a peer has done that sent such a payload.
    public var offence: Offence {
        switch self {
        case .unknownMessageID: .unknownMessageID
        case .malformed: .malformedMessage
        case .limitExceeded: .oversizedMessage
        case .ruleBroken: .protocolBreach
        }
    }

    /// What it is told. As measured at go-ethereum's `eth`: 2 for what doesn't decode, 0x10 for what decodes but is
    /// against the rules (rlpx.md, section 7).
    public var disconnectReason: DisconnectReason {
        switch self {
        case .malformed: .protocolBreach
        case .unknownMessageID, .limitExceeded, .ruleBroken: .subprotocolError
        }
    }
}
