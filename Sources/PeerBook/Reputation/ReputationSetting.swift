/// A number that scores are held against, or that says how they come about.
public enum ReputationSetting: String, CaseIterable, Hashable, Sendable {
    case ignoreAt, serveAgainAt, disconnectAt, readmitAt, banAt, maximum, pointSeconds, privilegedPoints
    case firstBanSeconds, longestBanSeconds, bannedNodesPerAddress
    case rangePercent, rangeTightenAt, rangeReopenAt, rangeCloseAt, rangeMaximum
    case ignorePercent, removalPercent, removalWindowSeconds
    case meritHalfLifeSeconds, meritMaximum

    /// The value of a node that is told nothing else.
    public var standard: Int {
        switch self {
        case .ignoreAt: 50
        case .serveAgainAt: 25
        case .disconnectAt: 100
        case .readmitAt: 50
        case .banAt: 200
        case .maximum: 900
        case .pointSeconds: 6
        case .privilegedPoints: 10
        case .firstBanSeconds: 1_800
        case .longestBanSeconds: 86_400
        case .bannedNodesPerAddress: 3
        case .rangePercent: 50
        case .rangeTightenAt: 100
        case .rangeReopenAt: 200
        case .rangeCloseAt: 300
        case .rangeMaximum: 600
        case .ignorePercent: 50
        case .removalPercent: 25
        case .removalWindowSeconds: 600
        case .meritHalfLifeSeconds: 300
        case .meritMaximum: 1_000
        }
    }

    /// What it says, in one sentence.
    public var summary: String {
        switch self {
        case .ignoreAt: "from this score on a peer's gossip isn't taken, and it is served less"
        case .serveAgainAt: "until its score has fallen to this one"
        case .disconnectAt: "from this score on a peer is disconnected"
        case .readmitAt: "and not let in again until its score has fallen to this one"
        case .banAt: "at this score a node is banned for a time"
        case .maximum: "no score is higher"
        case .pointSeconds: "a point counts for so long: the score falls by one in this time"
        case .privilegedPoints: "one offence of a static or trusted peer adds at most this; it is never banned"
        case .firstBanSeconds: "the first ban; each further one is four times as long"
        case .longestBanSeconds: "but not longer than this"
        case .bannedNodesPerAddress: "so many banned nodes on one address ban the address"
        case .rangePercent: "the part of an offence's points that also counts for its range (/24, /64)"
        case .rangeTightenAt: "from this score on a range gets fewer slots for new nodes"
        case .rangeReopenAt: "a closed range is open again at this score"
        case .rangeCloseAt: "from this score on a range gets no slot for a new node"
        case .rangeMaximum: "no range's score is higher"
        case .ignorePercent: "the share of the peers that rules of judgement may ignore at a time"
        case .removalPercent: "the share of the peers that a rule of judgement may remove"
        case .removalWindowSeconds: "within this time"
        case .meritHalfLifeSeconds: "merits count half after this time"
        case .meritMaximum: "no criterion of usefulness counts higher, bytes excepted"
        }
    }

    /// The values that make sense; none lets arithmetic on nanoseconds overflow.
    public var range: ClosedRange<Int> {
        switch self {
        case .pointSeconds: 1...3_600
        case .firstBanSeconds, .longestBanSeconds: 1...31_536_000
        case .bannedNodesPerAddress: 1...1_000
        case .rangePercent: 0...100
        case .ignorePercent, .removalPercent: 1...100
        case .removalWindowSeconds, .meritHalfLifeSeconds: 1...86_400
        case .serveAgainAt, .readmitAt, .rangeReopenAt, .privilegedPoints: 0...100_000
        default: 1...100_000
        }
    }
}
