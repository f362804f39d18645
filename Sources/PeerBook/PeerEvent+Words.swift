public import DevP2P
import SansIO

// What the log and the operator read. What counters and programs go by are the raw values (`PeerEvent.label`), which stay.

extension PeerEvent.Kind {
    /// The name in words, as it stands at the head of a line.
    public var words: String { rawValue.map { $0.isUppercase ? " " + $0.lowercased() : String($0) }.joined() }
}

extension CandidateRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .isSelf: "it is this node itself"
        case .notDialable: "its address or TCP port is none that can be dialed"
        case .wrongFork: "its record names another chain or an incompatible fork"
        case .notEthereum: "its record names no Ethereum chain"
        case .banned: "it is banned"
        case .insufficientWork: "its id carries too little proof of work"
        case .hearsayFull: "only a peer's word names it, and peers have named as many as they may"
        }
    }
}

extension CandidateLoss: CustomStringConvertible {
    public var description: String {
        switch self {
        case .pushedOut: "a newer one needed the room"
        case .givenUp(1): "the last dial failed"
        case .givenUp(let failures): "the last \(failures) dials failed"
        case .removed: "the operator no longer wants it"
        }
    }
}

extension DialReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .staticPeer: "it is a static peer"
        case .trustedPeer: "it is a trusted peer"
        case .anchor: "a slot is free, and it was a peer for long in an earlier run"
        case .discovered: "a slot is free, and it is a candidate"
        }
    }
}

extension InboundRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .throttled: "its address connected a moment ago"
        case .tooManyPending: "too many handshakes are under way"
        case .tooManyPendingFromAddress: "too many handshakes with its address are under way"
        case .subnetFull: "its range of addresses has as many connections as it may"
        case .addressBanned: "its address is banned"
        }
    }
}

extension PeerRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .isSelf: "it is this node itself"
        case .banned: "it is banned"
        case .excluded: "it was excluded for its score a while ago"
        case .insufficientWork: "its id carries too little proof of work"
        case .rangeClosed: "its range of addresses is closed for what others of it did"
        case .tooManyPeers: "all slots are taken"
        case .inboundSlotsFull: "all slots of inbound peers are taken"
        case .tooManyPendingSessions: "too many sessions are being opened"
        case .alreadyConnected: "another connection to it stays"
        case .unexpectedIdentity: "it is another node than the one that was dialed"
        case .subnetFull: "its range of addresses has as many slots as it may"
        }
    }
}

extension Setback: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreachable: "it can't be reached"
        case .badHandshake: "the handshake failed"
        case .tooManyPeers: "it is full"
        case .alreadyConnected: "both sides had dialed at once"
        case .useless: "it has no capability or chain in common with this node"
        case .wrongIdentity: "another node is at its address"
        case .closed: "the session ended without blame"
        case .accused: "it says that this node broke a protocol"
        case .misbehaved: "this node ended the session for what it did"
        }
    }
}
