import Primitives

/// What is counted while a scenario runs.
struct Tally {
    struct Ban: Hashable {
        let by: Int
        let of: Int
        let at: Double
    }

    var bans: [Ban] = []
    /// When nodes crashed, left or came back; ascending.
    private(set) var disruptions: [Double] = []
    var deepestReorganization = 0
    var offences: [String: Int] = [:]
    var blame = Blame()
    var hearsay = Hearsay()
    /// Transactions' bodies that came in messages, for each node.
    var transactionBodies: [UInt64]
    var messages: UInt64 = 0
    var failures: [String] = []
    /// Bytes sent in the busiest second of any honest node.
    var peakBytesPerSecond = 0.0
    /// The highest block when the phase of liveness began.
    var heightWhenHealed: UInt64?

    /// For how many seconds each node has been far behind, and the longest time of any.
    var offline: [Int]
    var longestOffline = (seconds: 0, node: 0)

    mutating func disrupted(at moment: Double) {
        if disruptions.last != moment { disruptions.append(moment) }
    }

    init(nodes: Int) {
        transactionBodies = [UInt64](repeating: 0, count: nodes)
        offline = [Int](repeating: 0, count: nodes)
    }
}
