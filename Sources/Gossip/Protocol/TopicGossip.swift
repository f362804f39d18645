public import Chain
public import DevP2P
import EthCrypto
import EthWire
public import Primitives
import SansIO

/// `gossip/1`: messages of topics, and blocks as one of the topics.
///
/// `TopicMesh` decides who gets what; this gives its decisions a form on the wire, keeps the content of messages, and puts
/// compact blocks together. It judges nothing:
///
/// - A block comes out as `assemble`, so that the owner lends its pool; then as `block`, once. The owner calls `verified`
///   once header and body are right (then the mesh gets it), `accepted` once it is imported (then it is announced),
///   `bodyMismatched`, `blockRejected` or `forget`. Blocks that didn't come from here go out by `publish`.
/// - A topic's message comes out as `topicMessage`, once, and goes on when `judge` says so.
public struct TopicGossip: Capability {
    public typealias Message = GossipMessage

    public enum Event: Sendable {
        /// A compact block has come: call `assemble` with the pool.
        case assemble(Hash32)
        /// A block that is new to this node, with the total difficulty that the peer says.
        case block(Block, totalDifficulty: UInt256, from: Peer)
        /// A block that is unknown and too far from the head to be fetched here: for the downloader.
        case announced(Hash32, number: UInt64, from: Peer)
        /// A peer has the topic of blocks from now on.
        case blocksWanted(by: Peer)
        /// A message of a topic, for the capability that owns it.
        case topicMessage(TopicMessage, owner: Int)
        /// Nodes that may be worth a dial, says a peer that was of use: hearsay, about addresses that it may not know.
        case contacts([GossipContact], from: Peer)
    }

    public static let name = CapabilityName("gossip", version: 1)
    public static let limits = IngressLimits(
        maxMessageBytes: EthLimits.maxMessageBytes, maxBufferedBytes: 4 << 20, maxBufferedMessages: 256)

    /// The topic whose messages are blocks.
    public static let blockTopic = Topic("starling/blocks")
    /// Its number in the mesh of every node.
    static let blockNumber = 0

    public let limits: BlockGossipLimits

    /// The number of this node's head: blocks near it are put together and fetched.
    public var headNumber: UInt64 = 0 {
        didSet {
            let (lowest, isBelowZero) = headNumber.subtractingReportingOverflow(limits.fetchedBelowHead)
            if !isBelowZero { partials.removeAll(below: lowest) }
        }
    }

    /// The bytes that may go out now: peers for whom a block doesn't fit are told of it, and ask.
    public var uploadRoom = Int.max
    /// Blocks that would have been pushed to more peers, had there been room.
    public private(set) var announcedOnly: UInt64 = 0

    public internal(set) var mesh: TopicMesh
    var states: [ConnectionID: PeerState] = [:]
    /// The topics of this node by their numbers.
    var topics: [OpenTopic?]
    /// The content of topics' messages, as long as the mesh remembers them.
    var contents: [TopicMessageID: Content] = [:]

    var seen: RecentSet<Hash32>
    var held: HeldBlocks
    var log: ArrivalLog
    var partials = PartialBlocks()
    /// A peer's share times the peers that take part.
    var requests = RequestTracker<BlockRequest>(maxPerPeer: 4, maxCount: 4 * PeerSet.capacity)
    /// What blocks come with for those who lack some of their transactions.
    var demand: RepairDemand
    /// Transactions that the pool has got just now.
    var fresh: RecentSet<Hash32>

    struct PeerState: Sendable {
        let peer: Peer
        /// What the peer's numbers mean.
        var topics: [UInt64: Topic] = [:]
        /// Numbers that have meant a topic before: what still comes under them was sent before the peer has closed it.
        var closedTopics: Set<UInt64> = []
        var blocks: TokenBucket
        var announcements: TokenBucket
        var requests: TokenBucket
        var published: TokenBucket
        /// Prunes that name nodes.
        var referrals: TokenBucket
    }

    struct OpenTopic: Sendable {
        let topic: Topic
        /// The capability's place in the node's list; nil for blocks.
        let owner: Int?
    }

    struct Content: Sendable {
        let topic: Int
        let bytes: ArraySlice<UInt8>
    }

    public init(limits: BlockGossipLimits = BlockGossipLimits(), mesh: TopicLimits = TopicLimits()) {
        self.limits = limits
        self.mesh = TopicMesh(limits: mesh)
        seen = RecentSet(capacity: max(1, limits.maxSeen))
        held = HeldBlocks(maxCount: limits.maxHeld, maxBytes: limits.maxHeldBytes)
        log = ArrivalLog(capacity: limits.maxArrivals)
        demand = RepairDemand(limits: limits)
        fresh = RecentSet(capacity: max(1, limits.maxFresh), lifetime: limits.freshFor)
        topics = [OpenTopic(topic: Self.blockTopic, owner: nil)]
        self.mesh.join(Self.blockNumber)
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
            peer: peer, blocks: bucket(limits.blockBurst, limits.blocksPerSecond),
            announcements: bucket(limits.announcementBurst, limits.announcementsPerSecond),
            requests: bucket(limits.requestBurst, limits.requestsPerSecond),
            published: bucket(limits.publishBurst, limits.publishPerSecond),
            referrals: bucket(limits.referralBurst, limits.referralsPerSecond))
        let identity = peer.id.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        let takesPart = mesh.peerJoined(
            peer.connection, identity: identity, isOutbound: !peer.isInbound, now: node.now, random: &node.random)
        if takesPart { node.send(.subscribe(subscriptions), to: peer) }
        carryOut(&node)
    }

    public mutating func peerLeft(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        states[peer.connection] = nil
        mesh.peerLeft(peer.connection, now: node.now)
        for partial in partials.takeAll(of: peer) { proceed(partial, &node) }
        for request in requests.peerLeft(peer) { failed(request.pending.pending, request.id, of: nil, &node) }
        carryOut(&node)
    }

    public mutating func received(_ message: Message, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        switch message {
        case .subscribe, .unsubscribe, .graft, .prune, .have, .want, .dontWant, .publish:
            receivedControl(message, from: peer, &node)
        case .newBlockHashes(let blocks): receivedAnnouncements(blocks, from: peer, &node)
        case .compactBlock(let block): receivedCompact(block, from: peer, &node)
        case .getBlockTransactions(let id, let hash, let places):
            answer(id, hash, places, to: peer, &node)
        case .blockTransactions(let id, let transactions): receivedTransactions(id, transactions, from: peer, &node)
        case .getBlocks(let id, let hashes): answer(id, hashes, to: peer, &node)
        case .blocks(let id, let blocks): receivedBlocks(id, blocks, from: peer, &node)
        }
        carryOut(&node)
    }

    public mutating func deadlineReached(_ node: inout CapabilityContext<Self>) {
        while let late = requests.popTimedOut(now: node.now) {
            let peer = states[late.connection]?.peer
            if let peer { node.report(.requestTimeout, by: peer) }
            failed(late.pending.pending, late.id, of: peer, &node)
        }
        while let partial = partials.takeDue(node.now) { proceed(partial, &node) }
        mesh.deadlineReached(now: node.now, random: &node.random)
        carryOut(&node)
    }

    /// Does what the mesh wants, and says when to be called again.
    mutating func carryOut(_ node: inout CapabilityContext<Self>) {
        for action in mesh.takeActions() { carryOut(action, &node) }
        node.deadline = [mesh.deadline, requests.deadline, partials.deadline].compactMap { $0 }.min()
    }

    private mutating func carryOut(_ action: TopicAction, _ node: inout CapabilityContext<Self>) {
        switch action {
        case .graft(let topic, let connection): send(.graft([UInt64(topic)]), to: [connection], &node)
        case .prune(let topic, let connection, let backoff, let instead):
            let seconds = UInt64(clamping: Int64(backoff.inSeconds.rounded(.up)))
            let prune = TopicPrune(
                topic: UInt64(topic), seconds: seconds, contacts: contacts(instead, for: connection))
            send(.prune(prune), to: [connection], &node)
        case .have(Self.blockNumber, let ids, let connection):
            let blocks = ids.compactMap { held[$0]?.block.block }
                .map { BlockAnnouncement(hash: $0.hash, number: $0.number) }
            for start in stride(from: 0, to: blocks.count, by: GossipMessageLimits.maxAnnounced) {
                let part = Array(blocks[start...].prefix(GossipMessageLimits.maxAnnounced))
                send(.newBlockHashes(part), to: [connection], &node)
            }
        case .have(let topic, let ids, let connection):
            for part in Self.parts(ids) { send(.have(topic: UInt64(topic), part), to: [connection], &node) }
        case .want(let ids, let connection):
            for part in Self.parts(ids) { send(.want(part), to: [connection], &node) }
        case .dontWant(let id, let connections): send(.dontWant([id]), to: connections, &node)
        case .send(let id, let connections):
            if let content = contents[id] {
                send(.publish(topic: UInt64(content.topic), content.bytes), to: connections, &node)
            } else if let block = held[id] {
                push(block, id, to: connections, &node)
            }
        case .forget(let id): contents[id] = nil
        case .offence(let offence, let connection):
            if let peer = states[connection]?.peer { node.report(offence, by: peer) }
        }
    }

    /// Sends a block to as many as there is room for, at least to one: who has asked for it waits for it.
    private mutating func push(
        _ block: HeldBlocks.Held, _ id: TopicMessageID, to connections: [ConnectionID],
        _ node: inout CapabilityContext<Self>
    ) {
        let compact = compact(block, &node)
        let count = max(1, uploadRoom / max(1, compact.byteCount))
        send(.compactBlock(compact), to: Array(connections.prefix(count)), &node)
        guard count < connections.count else { return }
        announcedOnly &+= 1
        let rest = Array(connections.dropFirst(count))
        mesh.withheld(id, from: rest)
        let header = block.block.block
        send(.newBlockHashes([BlockAnnouncement(hash: header.hash, number: header.number)]), to: rest, &node)
    }

    private func send(_ message: Message, to connections: [ConnectionID], _ node: inout CapabilityContext<Self>) {
        node.broadcast(message, to: connections.compactMap { states[$0]?.peer })
    }

    private static func parts(_ ids: [TopicMessageID]) -> [[TopicMessageID]] {
        stride(from: 0, to: ids.count, by: GossipMessageLimits.maxIDs).map {
            Array(ids[$0...].prefix(GossipMessageLimits.maxIDs))
        }
    }

    /// What a peer is told of others: only those that this node has dialed are known to be reached there. Addresses of a
    /// local network are of no use outside.
    private func contacts(_ connections: [ConnectionID], for receiver: ConnectionID) -> [GossipContact] {
        guard let receiver = states[receiver]?.peer else { return [] }
        return connections.compactMap { states[$0]?.peer }
            .filter { !$0.isInbound && $0.endpoint.ip.isLAN == receiver.endpoint.ip.isLAN }
            .prefix(TopicLimits.maxContacts)
            .map { GossipContact(endpoint: $0.endpoint, publicKey: $0.publicKey) }
    }
}
