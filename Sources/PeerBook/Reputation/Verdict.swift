public import DevP2P

/// What becomes of a connection after an offence.
public enum Verdict: Hashable, Sendable {
    case keep
    case disconnect(DisconnectReason)
}
