public import Gossip
public import Links
import SansIO
public import Topics

/// The workload of a comparison: a network, and blocks that are made in it. Every policy gets the same one.
public struct PropagationScenario: Sendable {
    public var nodes = 1_000
    public var seed: UInt64 = 1
    public var blocks = 10
    public var interval = Duration.seconds(12)
    /// What passes before the first block, so that meshes are there.
    public var warmUp = Duration.seconds(15)

    /// A block on the wire, and one transaction of it on average: a plain transfer with a fee cap takes some 120 bytes.
    public var blockBytes = 150_000
    public var transactionBytes = 150
    /// The share of a block's transactions that a node has in its pool, by chance and on its own.
    public var poolShare = 0.98
    /// The share of the lacking ones that nobody but the publisher has: it knows that, and may send them along.
    public var freshShare = 0.0

    /// Whom each node dials, and how many connections it has at most (go-ethereum's default is 50): on average a node has
    /// twice as many peers as it dials.
    public var dials = 12
    public var maxPeers = 50

    /// What a node does before it passes a whole block on: header, signatures, body root.
    public var validation = Duration.milliseconds(20)
    /// What it does before it announces a block by its hash: executes it.
    public var execution = Duration.milliseconds(100)

    public var links: LinkModel = {
        var links = LinkModel(regions: .world)
        links.lines = AccessLine.world
        return links
    }()
    /// Whether each message meets a connection whose congestion window has closed again since the one before, as Linux
    /// has it by default after an idle time (RFC 5681, section 4.1). It hurts large messages.
    public var slowStart = false

    /// In which form blocks are sent; nil for the policy's own.
    public var form: BlockForm?
    /// The share of the peers outside the mesh that gossipsub and this house's mesh tell of blocks at each heartbeat; nil
    /// for each one's own.
    public var lazyShare: Double? {
        didSet {
            gossipSub.gossipFactor = lazyShare ?? GossipSubParameters().gossipFactor
            topicLimits.lazyShare = lazyShare ?? TopicLimits().lazyShare
        }
    }

    /// The numbers of this house's own gossip, and those of gossipsub.
    public var topicLimits = TopicLimits()
    public var blockLimits = BlockGossipLimits()
    var gossipSub = GossipSubParameters()

    public init() {}

    /// When a block is made.
    func moment(of block: Int) -> Instant {
        Instant(nanoseconds: warmUp.nanoseconds + Int64(block) * interval.nanoseconds)
    }

    var load: BlockLoad {
        BlockLoad(
            blockBytes: blockBytes, transactionBytes: transactionBytes, poolShare: poolShare, freshShare: freshShare,
            seed: seed)
    }

    func graph() -> PeerGraph {
        var random = NodeRandom(seed: seed, stream: 0x6772_6170_68)
        return .random(nodes: nodes, dials: dials, maxPeers: maxPeers, random: &random)
    }

    /// Who makes each block, drawn from the first so many nodes.
    func publishers(among nodes: Int) -> [Int] {
        var random = NodeRandom(seed: seed, stream: 0x7075_626c)
        return (0..<blocks).map { _ in Int.random(in: 0..<nodes, using: &random) }
    }
}
