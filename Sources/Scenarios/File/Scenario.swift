public import Links

/// A network, what it has to do, what goes wrong, and what must hold all the same. Times are seconds from the start.
public struct Scenario: Sendable {
    public var name: String
    /// One sentence.
    public var about: String
    public var nodes: Int
    public var seconds: Double
    /// All nodes are started within so many seconds.
    public var startWithin: Double
    public var maxPeers: Int
    /// Transactions that a pool holds; nil for as many as a node's usually does. An attack on a small one is cheap to
    /// simulate.
    public var poolSlots: Int?
    public var links: LinkModel
    public var signers: Int
    /// Seconds between blocks.
    public var period: Int
    public var load: Load?
    public var faults: [Fault]
    public var adversaries: [Adversary]
    /// When all faults are undone, and the network has to come to life again.
    public var healAt: Double?
    public var limits: Limits

    /// Transactions, from accounts with money, through nodes that no fault stops.
    public struct Load: Sendable {
        public var perSecond: Double
        /// Of calldata in each.
        public var dataBytes: Int
        public var accounts: Int
        public var from: Double
        public var until: Double
    }

    /// Something that goes wrong.
    public struct Fault: Sendable {
        public enum Kind: String, Sendable, CaseIterable {
            /// Nodes' processes die.
            case crash
            /// Nodes lose power: what wasn't synced is gone.
            case power
            /// All that are down start again.
            case restart
            /// A share of the nodes is cut off from the others.
            case partition
            /// Partitions end.
            case heal
            /// So many of all packets are lost, for a time.
            case loss
            /// Clocks go wrong.
            case drift
            /// Disks take no writes, for a time.
            case disk
            /// Nodes leave and others come, all the time.
            case churn
        }

        public var kind: Kind
        public var at: Double
        /// Seconds that it lasts; nil for until it is undone.
        public var lasts: Double?
        /// Of the honest nodes; for loss, of the packets.
        public var share: Double
        /// A partition of which one side still hears the other.
        public var isOneWay = false
        /// Leaves the signers alone.
        public var sparesSigners = false
        public var partsPerMillion = 0
        /// The share of the nodes that leave in an hour, and how long each stays away.
        public var perHour = 0.0
        public var away = 30.0
    }

    public struct Adversary: Sendable {
        public enum Kind: String, Sendable, CaseIterable {
            case silent
            case withhold
            case ambiguousForms = "ambiguous-forms"
            case invalidBlocks = "invalid-blocks"
            case garbage
            case discoverySpam = "discovery-spam"
            case eclipse
            case gethlighting
            case transactionSpam = "transaction-spam"
            case scoreGaming = "score-gaming"
            case framer
            case knownReplay = "known-replay"
            case hearsayLiar = "hearsay-liar"
            case poolSquatter = "pool-squatter"
            case unminableHead = "unminable-head"
            case futureBlocks = "future-blocks"

            /// Whether it has accounts with money.
            var isFunded: Bool { self == .transactionSpam || self == .poolSquatter }

            /// Whether it keeps its peers, whatever these do.
            var isTolerant: Bool {
                switch self {
                case .framer, .knownReplay, .hearsayLiar, .poolSquatter, .unminableHead, .futureBlocks: true
                default: false
                }
            }
        }

        public var kind: Kind
        /// Of all nodes.
        public var share: Double
        /// When they begin.
        public var at: Double
        /// In how many ranges of addresses (/24) they sit. Where it is given all nodes have public addresses, the honest
        /// ones in a range of their own each: limits on ranges leave local networks alone.
        public var ranges: Int?
    }

    /// What a run must not pass; nil for what isn't asked for.
    public struct Limits: Sendable {
        /// Every transaction reaches so many of the nodes that are up, in so many seconds.
        public var reachShare = 0.99
        public var reachSeconds: Double?
        /// Of all pairs of a transaction or block and an honest node that was up, so many come together in so many
        /// seconds.
        public var deliveryShare = 0.99
        public var deliverySeconds: Double?
        /// So many seconds after nodes have crashed, left or come back, that share is reached again by what is sent from
        /// then on.
        public var recoverySeconds: Double?
        /// Blocks, 95 of 100 times, reach a node within so many seconds.
        public var blockSeconds: Double?
        /// Copies beyond the first of a block, and of a transaction, that a node gets on average.
        public var blockDuplicates: Double?
        public var transactionDuplicates: Double?
        /// What a node may send on average, and in any second, bytes.
        public var bytesPerSecond: Double?
        public var peakBytesPerSecond: Double?
        /// Honest nodes that honest nodes may ban.
        public var bans: Int? = 0
        /// How far behind the highest a node may be at the end, blocks.
        public var lag: Int? = 2
        /// How long a node that has been up for a while may be further behind than that, in one go.
        public var offlineSeconds: Double?
        /// The blocks made from `healAt` (or from the first block) to the end, as a share of those that fit.
        public var progress: Double? = 0.5
        /// The deepest branch that may be undone, blocks.
        public var reorganization: Int?
    }

    /// The first of the phase in which the network has to live.
    public var livesFrom: Double { healAt ?? startWithin }

    /// The first nodes make blocks.
    func isSigner(_ node: Int) -> Bool { node < signers }

    /// A fifth of the others, up to ten, after the signers: users' transactions come in there, and no fault stops them.
    func isGateway(_ node: Int) -> Bool {
        let others = nodes - signers
        guard others > 0 else { return true }
        return (signers..<signers + max(1, min(10, others / 5))).contains(node)
    }
}
