import DevP2P
import SansIO

/// Why a connection to a node didn't last: what decides how long to leave the node alone.
public enum Setback: String, CaseIterable, Hashable, Sendable {
    /// TCP was refused or timed out.
    case unreachable
    /// The key exchange or Hello failed.
    case badHandshake
    /// The node is full.
    case tooManyPeers
    /// Both sides dialed at once and closed each other's connection.
    case alreadyConnected
    /// No shared capability, or another network: that won't change soon.
    case useless
    /// Another node than expected is at the address.
    case wrongIdentity
    /// The session ended without blame.
    case closed
    /// The node says that we broke a protocol.
    case accused
    /// We ended it because of what the node did.
    case misbehaved

    /// What an ended connection says; `wasReady` tells whether there was a session.
    init(_ cause: CloseCause, wasReady: Bool) {
        switch cause {
        case .remote(let reason): self = Self.remote(reason, wasReady: wasReady)
        case .local(let reason): self = Self.local(reason)
        case .network: self = wasReady ? .closed : .badHandshake
        case .outputOverflow: self = .closed
        case .timeout(let phase): self = phase == .idle || phase == .write ? .closed : .badHandshake
        case .protocolError(let error):
            switch error.offence {
            case nil: self = wasReady ? .closed : .badHandshake
            case .badHandshake?: self = .badHandshake
            default: self = .misbehaved
            }
        }
    }

    private static func remote(_ reason: DisconnectReason?, wasReady: Bool) -> Self {
        switch reason {
        case .tooManyPeers: .tooManyPeers
        case .alreadyConnected: .alreadyConnected
        // go-ethereum's way to rotate peers, too: after a session it says nothing about the chain.
        case .uselessPeer: wasReady ? .closed : .useless
        case .incompatibleVersion: .useless
        case .invalidIdentity, .unexpectedIdentity, .connectedToSelf: .wrongIdentity
        case .protocolBreach, .subprotocolError: .accused
        case .requested, .networkError, .quitting, .timeout, nil: .closed
        }
    }

    private static func local(_ reason: DisconnectReason) -> Self {
        switch reason {
        case .protocolBreach, .subprotocolError: .misbehaved
        case .uselessPeer, .incompatibleVersion: .useless
        case .unexpectedIdentity, .invalidIdentity, .connectedToSelf: .wrongIdentity
        case .alreadyConnected: .alreadyConnected
        case .tooManyPeers, .requested, .networkError, .quitting, .timeout: .closed
        }
    }

    /// The wait after the first failure, and the most that doubling may make of it.
    ///
    /// Between hosts of the internet nothing is below 35 s: nodes refuse a second connection from an address within
    /// 30 s, and go-ethereum's dial history adds 5. Local addresses are exempt from that throttle, and a local network
    /// of a few nodes should heal within seconds.
    func delay(isLAN: Bool) -> (first: Duration, limit: Duration) {
        switch self {
        case .unreachable: isLAN ? (.seconds(1), .seconds(30)) : (.seconds(35), .seconds(3600))
        case .badHandshake: isLAN ? (.seconds(2), .seconds(60)) : (.seconds(60), .seconds(3600))
        case .tooManyPeers: isLAN ? (.seconds(2), .seconds(60)) : (.seconds(60), .seconds(600))
        case .alreadyConnected: isLAN ? (.milliseconds(500), .seconds(10)) : (.seconds(35), .seconds(120))
        case .useless: isLAN ? (.seconds(60), .seconds(3600)) : (.seconds(900), .seconds(21_600))
        case .wrongIdentity: isLAN ? (.seconds(30), .seconds(3600)) : (.seconds(3600), .seconds(21_600))
        case .closed: isLAN ? (.seconds(1), .seconds(30)) : (.seconds(35), .seconds(600))
        case .accused, .misbehaved: isLAN ? (.seconds(30), .seconds(3600)) : (.seconds(300), .seconds(21_600))
        }
    }
}
