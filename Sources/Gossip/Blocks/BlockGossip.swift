public import Chain
public import DevP2P
import EthWire
public import Primitives
import SansIO

/// Spreads blocks as the capability `gossip/1`: in full to the square root of the peers that don't have them, as hashes
/// to the rest, and fetched on demand.
///
/// It judges nothing. A block from a peer comes out as an event; the owner checks it and calls `verified` once its
/// header and body are right (then it is pushed), `accepted` once it is imported (then it is announced), or
/// `blockRejected`. Blocks of this node go out by `publish`. Each block is an event once, however often it comes.
public struct BlockGossip: Capability {
    public typealias Message = BlockGossipMessage

    public enum Event: Sendable {
        /// A block that is new to this node, with the total difficulty that the peer says.
        case block(Block, totalDifficulty: UInt256, from: Peer)
        /// A block that is unknown and too far from the head to be fetched here: for the downloader.
        case announced(Hash32, number: UInt64, from: Peer)
    }

    public static let name = CapabilityName("gossip", version: 1)
    public static let limits = IngressLimits(
        maxMessageBytes: EthLimits.maxMessageBytes, maxBufferedBytes: 4 << 20, maxBufferedMessages: 256)

    public let limits: BlockGossipLimits

    /// The number of this node's head: announced blocks near it are fetched.
    public var headNumber: UInt64 = 0

    /// The bytes that may go out now: a block that doesn't fit is announced, and fetched by others when it does.
    public var uploadRoom = Int.max
    /// Blocks that would have been pushed to more peers, had there been room.
    public private(set) var announcedOnly: UInt64 = 0

    var states: [ConnectionID: PeerState] = [:]
    var seen: RecentSet<Hash32>
    var held: HeldBlocks
    var log: ArrivalLog
    var wanted: [Hash32: Wanted] = [:]
    /// The keys of `wanted`, in the order in which they were announced.
    var wantedOrder: [Hash32] = []
    var requests = RequestTracker<[Hash32]>(maxPerPeer: 4, maxCount: 256)
    /// Drawn when it is first needed: the context has the only randomness.
    private var pushHash: SipHash?

    struct PeerState: Sendable {
        var known: KnownHashes
        var blocks: TokenBucket
        var announcements: TokenBucket
        var requests: TokenBucket
        var wantedCount = 0
    }

    /// A block that was announced and hasn't come.
    struct Wanted: Sendable {
        let number: UInt64
        var announcers: [Peer]
        /// When to ask for it; nil while a request is under way.
        var due: Instant?
    }

    public init(limits: BlockGossipLimits = BlockGossipLimits()) {
        self.limits = limits
        seen = RecentSet(capacity: max(1, limits.maxSeen))
        held = HeldBlocks(maxCount: limits.maxHeld, maxBytes: limits.maxHeldBytes)
        log = ArrivalLog(capacity: limits.maxArrivals)
    }

    /// When and how often a block came; nil for one that is unknown or forgotten.
    public func arrival(of hash: Hash32) -> BlockArrival? { log[hash] }

    /// The arrivals of the latest blocks, in the order in which they became known.
    public var arrivals: [BlockArrival] { log.all }

    public mutating func peerJoined(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        func bucket(_ burst: Double, _ perSecond: Double) -> TokenBucket {
            TokenBucket(burst: burst, perSecond: perSecond, now: node.now)
        }
        states[peer.connection] = PeerState(
            known: KnownHashes(capacity: limits.knownPerPeer),
            blocks: bucket(limits.blockBurst, limits.blocksPerSecond),
            announcements: bucket(limits.announcementBurst, limits.announcementsPerSecond),
            requests: bucket(limits.requestBurst, limits.requestsPerSecond))
    }

    public mutating func peerLeft(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        states[peer.connection] = nil
        for hash in wantedOrder { removeAnnouncer(peer, of: hash) }
        for failed in requests.peerLeft(peer) { retry(failed.pending.pending, now: node.now) }
        fetch(&node)
    }

    public mutating func received(_ message: Message, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        switch message {
        case .newBlockHashes(let blocks): receivedAnnouncements(blocks, from: peer, &node)
        case .newBlock(let block): receivedPush(block, from: peer, &node)
        case .getBlocks(let id, let hashes): answer(id, hashes, to: peer, &node)
        case .blocks(let id, let blocks): receivedAnswer(id, blocks, from: peer, &node)
        }
    }

    public mutating func deadlineReached(_ node: inout CapabilityContext<Self>) {
        while let failed = requests.popTimedOut(now: node.now) {
            if let peer = node.peers.first(where: { $0.connection == failed.connection }) {
                node.report(.requestTimeout, by: peer)
                for hash in failed.pending.pending { removeAnnouncer(peer, of: hash) }
            }
            retry(failed.pending.pending, now: node.now)
        }
        fetch(&node)
    }

    /// Which of `peers` get a block in full.
    mutating func choose(_ peers: [Peer], for hash: Hash32, _ node: inout CapabilityContext<Self>) -> [Peer] {
        let sipHash = pushHash ?? SipHash(random: &node.random)
        pushHash = sipHash
        let chosen = PushChoice(hash: sipHash, localID: NodeID()).choose(peers, topic: hash.bytes)
        let affordable = chosen.prefix(uploadRoom / (held[hash]?.block.block.approximateBytes ?? 1))
        if affordable.count < chosen.count { announcedOnly &+= 1 }
        return Array(affordable)
    }
}
