/// What a peer can do wrong: a closed list. What each one costs is decided in one table, by the peer book.
public enum Offence: String, Hashable, Sendable, CaseIterable {
    /// A payload that isn't the RLP of its message.
    case malformedMessage
    /// A message id that the capability doesn't use.
    case unknownMessageID
    /// More bytes or elements than allowed.
    case oversizedMessage
    /// A message that breaks a rule of its protocol.
    case protocolBreach
    /// A response to no request.
    case unsolicitedResponse
    /// A response that doesn't help: empty, or not what was asked for.
    case uselessResponse
    /// A response that is provably false.
    case invalidResponse
    /// A compact block that isn't the block that its header names.
    case falseCompactBlock
    /// No response in time.
    case requestTimeout
    case invalidHeader
    case invalidBlock
    case invalidTransaction
    /// A topic's message that its owner rejects, and that an honest node wouldn't have passed on.
    case invalidMessage
    /// It announced a message and doesn't deliver it.
    case brokenPromise
    /// It joins a mesh again before the time that it was told to wait.
    case backoffBreach
    /// Too much of something allowed.
    case spam
    /// Another network, genesis or fork.
    case wrongFork
    /// The key exchange or Hello failed.
    case badHandshake
    /// A connection whose key exchange or Hello didn't come in time.
    case handshakeTimeout
    /// The frame layer was broken under a right MAC: corrupt compression, a message id beyond all ranges.
    case badFrame
    /// A session that fell silent, without a Disconnect.
    case connectionTimeout
    /// A session whose peer takes what it is sent too slowly.
    case slowReader
    /// A dial that found nobody.
    case unreachable
}

extension Offence {
    /// The name in words, for people.
    public var words: String {
        switch self {
        case .unknownMessageID: "unknown message id"
        default: rawValue.map { $0.isUppercase ? " " + $0.lowercased() : String($0) }.joined()
        }
    }
}
