public import DevP2P

/// The one place where offences get their price.
///
/// A score sums the points of a node's offences and falls by a point every `PeerScore.point`. At `disconnectAt` the peer is
/// disconnected, at `banAt` it is banned as well. So 100 ends a connection at once and 200 bans at once, while what may
/// happen to an honest peer on a bad line must be repeated within minutes.
public enum OffenceWeights {
    /// The points of an offence, and what the peer is told if it has to go for it.
    public static func weight(of offence: Offence) -> (points: Int, reason: DisconnectReason) {
        switch offence {
        // Nobody sends this by accident, and it costs us work to find out.
        case .invalidBlock, .invalidHeader: (200, .subprotocolError)
        case .invalidResponse: (200, .subprotocolError)
        case .spam: (100, .subprotocolError)
        // A bug of the other side, most likely: end the session, ban the second time.
        case .malformedMessage: (100, .protocolBreach)
        case .unknownMessageID, .oversizedMessage, .protocolBreach: (100, .subprotocolError)
        case .badFrame: (100, .networkError)
        // Honest nodes check before they pass on; the second one ends the session.
        case .invalidMessage: (50, .subprotocolError)
        // As late as a timeout, and the announcement was false on top.
        case .brokenPromise: (10, .uselessPeer)
        // The mesh refuses it anyway; messages that have crossed on the way can look like it.
        case .backoffBreach: (10, .subprotocolError)
        case .wrongFork: (100, .uselessPeer)
        // go-ethereum never disconnects for an invalid transaction: a peer relays what its own rules allow.
        case .invalidTransaction: (2, .subprotocolError)
        // Late, slow, pruned or badly connected. besu takes 1 of 100, reth 8 of 100.
        case .requestTimeout: (8, .uselessPeer)
        case .uselessResponse: (5, .uselessPeer)
        case .unsolicitedResponse: (25, .subprotocolError)
        // The peer isn't connected: the back-off of dials deals with it, the score only breaks ties.
        case .badHandshake: (10, .protocolBreach)
        case .unreachable: (0, .networkError)
        }
    }
}

/// The scale of the scores.
public enum PeerScore {
    public static let disconnectAt = 100
    public static let banAt = 200
    /// How long a point counts: the score falls by ten a minute.
    public static let point = Duration.seconds(6)
    /// One offence adds at most this much to the score of a static peer: the operator asked for it.
    public static let staticLimit = 10
    /// No score is higher: at the latest after an hour and a half of good behaviour it is zero.
    public static let maximum = 900
    /// Bans: the first for this many seconds, each further one four times as long, up to the limit.
    public static let firstBanSeconds: Int64 = 1_800
    public static let longestBanSeconds: Int64 = 86_400
    /// So many banned nodes on one address, local ones excepted, ban the address for as long.
    public static let bannedNodesPerAddress = 3
}
