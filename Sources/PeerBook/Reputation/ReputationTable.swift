public import DevP2P
import SansIO

/// The one place where offences and merits get their price. A user can replace any number of it by a file.
///
/// A score sums the points of a node's offences and falls by a point every `pointSeconds`. Merits are no part of it: they
/// only tell whose slot is safe when peers are rotated.
public struct ReputationTable: Hashable, Sendable {
    /// What an offence costs.
    public struct Rule: Hashable, Sendable {
        public var points: Int
        /// Whether this node can be the one that errs: by its clock, its view of the chain, its line, its limits. Such a
        /// rule may remove only a share of the peers in a time.
        public var isSubjective: Bool
        /// What the peer is told if it has to go for it.
        public let reason: DisconnectReason

        init(_ points: Int, isSubjective: Bool, _ reason: DisconnectReason) {
            self.points = points
            self.isSubjective = isSubjective
            self.reason = reason
        }
    }

    private var rules: [Offence: Rule]
    private var merits: [Merit: Int]
    private var settings: [ReputationSetting: Int]

    /// The table of a node that is told nothing else.
    public static let standard = ReputationTable()

    private init() {
        rules = Dictionary(uniqueKeysWithValues: Offence.allCases.map { ($0, Self.rule(for: $0)) })
        merits = Dictionary(uniqueKeysWithValues: Merit.allCases.map { ($0, Self.points(for: $0)) })
        settings = Dictionary(uniqueKeysWithValues: ReputationSetting.allCases.map { ($0, $0.standard) })
    }

    public subscript(offence: Offence) -> Rule {
        get { rules[offence] ?? Self.rule(for: offence) }
        set { rules[offence] = newValue }
    }

    /// The points of a merit.
    public subscript(merit: Merit) -> Int {
        get { merits[merit] ?? Self.points(for: merit) }
        set { merits[merit] = newValue }
    }

    public subscript(setting: ReputationSetting) -> Int {
        get { settings[setting] ?? setting.standard }
        set { settings[setting] = newValue }
    }

    /// 100 points end a connection at once and 200 ban at once, while what may happen to an honest peer on a bad line must
    /// be repeated within minutes.
    private static func rule(for offence: Offence) -> Rule {
        switch offence {
        // Provable lies, bytes that nobody could read otherwise: facts. A bug of the other side, most likely; end the
        // session, ban the second time.
        case .invalidResponse, .falseCompactBlock: Rule(200, isSubjective: false, .subprotocolError)
        case .malformedMessage: Rule(100, isSubjective: false, .protocolBreach)
        case .unknownMessageID, .oversizedMessage, .protocolBreach:
            Rule(100, isSubjective: false, .subprotocolError)
        case .badFrame: Rule(100, isSubjective: false, .networkError)
        case .unsolicitedResponse: Rule(25, isSubjective: false, .subprotocolError)
        // Nobody sends these by accident; but a node that has missed a fork finds everybody's blocks invalid.
        case .invalidBlock, .invalidHeader: Rule(200, isSubjective: true, .subprotocolError)
        case .wrongFork: Rule(100, isSubjective: true, .uselessPeer)
        // Honest nodes check before they pass on; but the owner of a topic can err, as this node can.
        case .invalidMessage: Rule(40, isSubjective: true, .subprotocolError)
        // As late as a timeout, and the announcement was false on top.
        case .brokenPromise: Rule(10, isSubjective: true, .uselessPeer)
        // The mesh refuses it anyway; messages that have crossed on the way can look like it.
        case .backoffBreach: Rule(10, isSubjective: true, .subprotocolError)
        // Measured by this node's clock against this node's limits.
        case .spam: Rule(100, isSubjective: true, .subprotocolError)
        // go-ethereum never disconnects for an invalid transaction: a peer relays what its own rules allow.
        case .invalidTransaction: Rule(2, isSubjective: true, .subprotocolError)
        // Late, slow, pruned or badly connected. besu takes 1 of 100, reth 8 of 100.
        case .requestTimeout: Rule(8, isSubjective: true, .uselessPeer)
        case .uselessResponse: Rule(5, isSubjective: true, .uselessPeer)
        case .connectionTimeout: Rule(5, isSubjective: true, .networkError)
        case .slowReader: Rule(10, isSubjective: true, .networkError)
        // The peer isn't connected: the back-off of dials deals with it, the score only breaks ties.
        case .badHandshake: Rule(10, isSubjective: false, .protocolBreach)
        case .handshakeTimeout: Rule(5, isSubjective: true, .networkError)
        case .unreachable: Rule(0, isSubjective: true, .networkError)
        }
    }

    private static func points(for merit: Merit) -> Int {
        switch merit {
        // A block is worth more than the transactions that it holds were to the pool one by one.
        case .firstBlock: 16
        case .firstTransaction: 1
        case .usefulResponse: 1
        }
    }
}

extension ReputationTable {
    /// How long a point counts.
    var point: Duration { .seconds(self[.pointSeconds]) }

    func ban(number: Int) -> Duration {
        let seconds = Int64(self[.firstBanSeconds]) << Int64(2 * min(max(0, number), 8))
        return .seconds(min(seconds, Int64(self[.longestBanSeconds])))
    }
}
