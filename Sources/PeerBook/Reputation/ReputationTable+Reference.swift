import DevP2P

extension ReputationTable {
    /// The table as Markdown, with what each entry means: the content of `docs/REPUTATION.md`.
    public var reference: String {
        var text = Self.referenceHead
        text +=
            "\n## Offences\n\n| offence | points | basis | the peer is told | | could somebody else have caused it? |\n|---|---|---|---|---|---|\n"
        for offence in Offence.allCases {
            let rule = self[offence]
            let basis = rule.isSubjective ? "judgement" : "fact"
            let cells = [
                "`\(offence.rawValue)`", "\(rule.points)", basis, "\(rule.reason)", offence.summary, offence.otherCause,
            ]
            text += "| " + cells.joined(separator: " | ") + " |\n"
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
        or view of the chain, or on what the peer was told by others; it removes at most a share of the peers in a time, and never the
        last one.

        An offence that counts as a fact needs evidence that no third party could have caused: bytes under the MAC of the connection
        that an honest node never writes, whatever it is sent. An answer is judged by the question as it was asked, not by what is known
        now. Who brought a thing is carried with it to the place where it is judged. The last column says for each offence who else
        could have made an honest node do it.

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
        case .falseCompactBlock: "a compact block that isn't the block that its header names"
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
        case .badFrame: "corrupt compression, or a message id beyond all ranges, under a right MAC"
        case .connectionTimeout: "a session that fell silent, without a Disconnect"
        case .slowReader: "a peer that takes what it is sent too slowly"
        case .unreachable: "a dial that found nobody; the back-off of dials deals with it"
        }
    }
}

extension Offence {
    /// Whether somebody else could have made an honest node do it: the answer to what each rule was examined for.
    fileprivate var otherCause: String {
        switch self {
        case .malformedMessage: "no: the peer encodes its messages itself, and decodes what it passes on"
        case .unknownMessageID: "no: ids are agreed in Hello, on this connection"
        case .oversizedMessage: "no: limits are the protocol's, and checked before anything is passed on"
        case .protocolBreach:
            "no: only rules about the peer's own messages on this connection. A number of a topic that it has closed, and places of a "
                + "block that it has another form of, are none"
        case .unsolicitedResponse:
            "no: requests are the connection's, and an answer that is late is still known to be one for minutes"
        case .uselessResponse: "yes: the peer may have pruned, reorganized, or been told less than we were"
        case .invalidResponse: "no: it is compared with the request as it was asked; hashes and links prove it"
        case .falseCompactBlock:
            "no: the peer makes it itself, of a block that it has checked; it is compared with the block whose roots are the header's"
        case .requestTimeout: "yes: whoever loads the line of either side, or the peer"
        case .invalidHeader: "yes, where forks differ: honest nodes check headers by the rules they know"
        case .invalidBlock:
            "yes, where forks differ; what shows in execution only is passed on before, and isn't charged"
        case .invalidTransaction: "yes: what the peer's own rules allow"
        case .invalidMessage: "yes: the owner of the topic judges, and two versions of it can differ"
        case .brokenPromise: "yes: the message may have been slow, or too old by then"
        case .backoffBreach: "yes: a graft and a prune that cross"
        case .spam: "yes: what many have sent the peer, it passes on"
        case .wrongFork: "no, but one of the two may just not know the fork"
        case .badHandshake: "before a frame with a right MAC anybody: it is charged to the address range, or to nobody"
        case .handshakeTimeout: "as `badHandshake`: a key exchange can be recorded and replayed"
        case .badFrame:
            "no: the MAC is right. A wrong one is no offence: whoever can write into the TCP connection makes it"
        case .connectionTimeout: "yes: whoever cuts the line"
        case .slowReader: "yes: whoever loads the line"
        case .unreachable: "yes: an address that somebody else made up, so it costs nothing"
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
