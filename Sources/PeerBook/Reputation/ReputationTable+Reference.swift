import DevP2P

extension ReputationTable {
    /// The table as Markdown, with what each entry means: the content of `docs/REPUTATION.md`.
    public var reference: String {
        var text = Self.referenceHead
        text += "\n## Offences\n\n| offence | points | basis | the peer is told | |\n|---|---|---|---|---|\n"
        for offence in Offence.allCases {
            let rule = self[offence]
            let basis = rule.isSubjective ? "judgement" : "fact"
            text += "| `\(offence.rawValue)` | \(rule.points) | \(basis) | \(rule.reason) | \(offence.summary) |\n"
        }
        text += "\n## Merits\n\n| merit | points | |\n|---|---|---|\n"
        for merit in Merit.allCases { text += "| `\(merit.rawValue)` | \(self[merit]) | \(merit.summary) |\n" }
        text += "\n## Settings\n\n| setting | value | |\n|---|---|---|\n"
        for setting in ReputationSetting.allCases {
            text += "| `\(setting.rawValue)` | \(self[setting]) | \(setting.summary) |\n"
        }
        return text
    }

    private static let referenceHead = """
        # What peers are judged by

        A peer's score is the sum of what its offences cost. It falls by a point every `pointSeconds`, and what it leads to is in the
        settings. Merits are no part of it: they only tell whose slot is safe when peers are rotated, and fade. `starling peers` shows
        both for a running node, `starling peers bans` who is kept out.

        A rule that states a fact can't err: anybody who saw the bytes would agree. One of judgement depends on this node's clock, line
        or view of the chain; it removes at most a share of the peers in a time, and never the last one.

        `starling peers table` prints the table as a file. `starling node --reputation-table FILE` reads one; it needs only the lines
        that differ:

            # a slow network
            offence requestTimeout 2 judgement
            merit firstBlock 32
            setting banAt 400

        This page is generated from `Sources/PeerBook/Reputation`. Run the test `ReputationTableTests` with `STARLING_REGENERATE=1` in
        the environment to write it anew.

        """
}

extension Offence {
    fileprivate var summary: String {
        switch self {
        case .malformedMessage: "a payload that isn't the RLP of its message"
        case .unknownMessageID: "a message id that the capability doesn't use"
        case .oversizedMessage: "more bytes or elements than allowed"
        case .protocolBreach: "a message that breaks a rule of its protocol"
        case .unsolicitedResponse: "a response to no request"
        case .uselessResponse: "a response that doesn't help: empty, or not what was asked for"
        case .invalidResponse: "a response that is provably false"
        case .requestTimeout: "no response in time"
        case .invalidHeader: "a header that the chain's rules refuse"
        case .invalidBlock: "a block that the chain's rules refuse"
        case .invalidTransaction: "a transaction that can never be valid"
        case .invalidMessage: "a topic's message that its owner rejects"
        case .brokenPromise: "a message that was announced and isn't delivered"
        case .backoffBreach: "joining a mesh again before the time it was told to wait"
        case .spam: "too much of something allowed"
        case .wrongFork: "another network, genesis or fork"
        case .badHandshake: "the key exchange or Hello failed"
        case .handshakeTimeout: "the key exchange or Hello didn't come in time"
        case .badFrame: "a wrong MAC, corrupt compression, a message id beyond all ranges"
        case .connectionTimeout: "a session that fell silent, without a Disconnect"
        case .slowReader: "a peer that takes what it is sent too slowly"
        case .unreachable: "a dial that found nobody; the back-off of dials deals with it"
        }
    }
}

extension Merit {
    fileprivate var summary: String {
        switch self {
        case .firstBlock: "a valid block that no other peer had brought before"
        case .firstTransaction: "an accepted transaction that no other peer had brought before"
        case .usefulResponse: "an answer that wasn't empty; its bytes and its latency count as well"
        }
    }
}
