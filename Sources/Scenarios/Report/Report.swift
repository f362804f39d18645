/// What a run has shown. Written as JSON it is what `--compare` reads.
public struct Report: Codable, Sendable {
    public var scenario: String
    public var about: String
    public var nodes: Int
    public var adversaries: Int
    public var seed: UInt64
    /// Which crypto was used: `real` or `plain`.
    public var crypto: String
    /// Of virtual time.
    public var seconds: Double
    /// Of real time.
    public var realSeconds: Double
    /// Of the processor; 0 where it wasn't measured.
    public var processorSeconds = 0.0
    public var events: UInt64
    public var traceHash: String
    public var checkpoints: [Checkpoint]

    public var height: UInt64
    public var blocks: Spread
    public var transactions: Spread
    /// Copies beyond the first that a node got, on average: of a block, and of a transaction.
    public var blockDuplicates: Double
    public var transactionDuplicates: Double
    public var bytesPerSecond: Range
    public var peakBytesPerSecond: Double
    public var peers: Range
    public var tableEntries: Range
    public var bans: [Ban]
    public var offences: [String: Int]
    /// Those that honest nodes hold against honest nodes.
    public var offencesAmongHonest: [String: Int]
    /// How many pairs of peers have which score at the end: 0, up to 50, up to 100, more.
    public var scores: [Int]
    public var regions: [String: Int]
    public var refusedSubmissions: [String: Int]
    public var deepestReorganization: Int
    public var failures: [String]
    public var samples: [Sample]
    /// When there was which fault.
    public var faults: [Window]
    public var verdicts: [Verdict]
    /// Nil where the scenario asks for none.
    public var delivery: Delivery?
    public var recovery: Recovery?

    public struct Checkpoint: Codable, Sendable, Hashable {
        public var count: UInt64
        /// Nanoseconds of the virtual clock.
        public var moment: Int64
        public var hash: String
    }

    /// How fast things have come to the nodes that were there to get them. Seconds.
    public struct Spread: Codable, Sendable {
        public var count = 0
        /// The share of things and nodes that came together in the end.
        public var reached = 0.0
        public var p50 = 0.0
        public var p95 = 0.0
        public var p99 = 0.0
        public var longest = 0.0
        /// Pairs of a time and the share that was reached by then.
        public var curve: [[Double]] = []
    }

    /// How many of the pairs of a thing that was sent (a transaction, a block of the chain) and an honest node that was
    /// up came together in time.
    public struct Delivery: Codable, Sendable {
        /// What in time means.
        public var seconds: Double
        public var pairs = 0
        public var delivered = 0
        /// The lowest share of the pairs of ten seconds.
        public var worst = 1.0
        /// The node to which the lowest share of what it should have has come, and that share.
        public var worstNode: Int?
        public var worstNodeShare = 1.0

        /// The name of the checker that judges it.
        var checker: String { "blocks and transactions reach the nodes in \(Text.short(seconds)) s" }

        /// 0 where there was nothing to deliver.
        public var share: Double { pairs > 0 ? Double(delivered) / Double(pairs) : 0 }
    }

    /// How soon after nodes crashed, left or came back, what was sent came to all again that were up.
    public struct Recovery: Codable, Sendable {
        /// Moments at which that happened.
        public var disruptions: Int
        /// The pairs that were judged, and the longest time after a disruption at which there were any, whole seconds.
        public var pairs: Int
        public var longest: Int
        /// What was sent so many seconds after a disruption or later was delivered: enough of it in each second that can
        /// be judged, after each of them. Longer than `longest` where it never was.
        public var seconds: Int
    }

    /// Over the honest nodes.
    public struct Range: Codable, Sendable {
        public var least = 0.0
        public var median = 0.0
        public var most = 0.0
    }

    public struct Ban: Codable, Sendable {
        public var by: Int
        public var of: Int
        public var isOfHonest: Bool
        public var second: Double
    }

    /// The state of affairs once a second.
    public struct Sample: Codable, Sendable {
        public var second: Double
        public var running: Int
        public var lowest: UInt64
        public var highest: UInt64
        public var peers: Double
        /// Sent in this second.
        public var bytesPerNode: Double
        /// So far.
        public var messages: UInt64
    }

    /// A time in which a fault was there, seconds.
    public struct Window: Codable, Sendable {
        public var name: String
        public var from: Double
        public var to: Double
    }

    /// What was asked of the run, and whether it held.
    public struct Verdict: Codable, Sendable {
        public enum Kind: String, Codable, Sendable {
            case safety
            case liveness
        }

        public enum Outcome: String, Codable, Sendable {
            case holds
            case fails
            /// There was nothing to judge.
            case inconclusive
        }

        public var name: String
        public var kind: Kind
        public var outcome: Outcome
        public var found: String
        public var limit: String

        public var holds: Bool { outcome == .holds }
    }

    /// 0 where all holds, 3 where safety doesn't, 4 where only liveness doesn't, 5 where nothing fails but a checker had
    /// nothing to judge.
    public var exitCode: Int32 {
        if verdicts.contains(where: { $0.kind == .safety && $0.outcome == .fails }) { return 3 }
        if verdicts.contains(where: { $0.outcome == .fails }) { return 4 }
        return verdicts.contains { $0.outcome == .inconclusive } ? 5 : 0
    }
}
