public import Chain
public import DevP2P
import EthWire
public import Primitives
import SansIO
public import Topics

/// `blocks/1`: blocks, over a mesh of the peers that share the capability (docs/blocks-1.md).
///
/// `TopicMesh` decides who gets what; this gives its decisions a form on the wire, and puts compact blocks together. It
/// judges nothing: a block comes out as `assemble`, so that the owner lends its pool; then as `block`, once. The owner calls
/// `verified` once header and body are right (then the mesh gets it), `accepted` once it is imported (then it is announced),
/// `bodyMismatched`, `blockRejected` or `forget`. Blocks that didn't come from here go out by `publish`.
public struct BlockGossip: Capability {
    public typealias Message = BlocksMessage

    public enum Event: Sendable {
        /// A compact block has come: call `assemble` with the pool.
        case assemble(Hash32)
        /// A block that is new to this node, with the total difficulty that the peer says.
        case block(Block, totalDifficulty: UInt256, from: Peer)
        /// A block that is unknown and too far from the head to be fetched here: for the downloader.
        case announced(Hash32, number: UInt64, from: Peer)
        /// A peer gets blocks from now on. What was published before, it wasn't sent.
        case blocksWanted(by: Peer)
        /// Nodes that may be worth a dial, says a peer that was of use: hearsay, about addresses that it may not know.
        case contacts([MeshContact], from: Peer)
    }

    public static let name = CapabilityName("blocks", version: 1)
    public static let limits = IngressLimits(
        maxMessageBytes: EthLimits.maxMessageBytes, maxBufferedBytes: 4 << 20, maxBufferedMessages: 256)

    /// The mesh has one topic, which all peers have.
    static let topic = 0

    public let limits: BlockGossipLimits

    /// The number of this node's head: blocks near it are put together and fetched.
    public var headNumber: UInt64 = 0 {
        didSet {
            let (lowest, isBelowZero) = headNumber.subtractingReportingOverflow(limits.fetchedBelowHead)
            if !isBelowZero { assembly.removeAll(below: lowest) }
        }
    }

    /// The bytes that may go out now: peers for whom a block doesn't fit are told of it, and ask.
    public var uploadRoom = Int.max
    /// Blocks that would have been pushed to more peers, had there been room.
    public private(set) var announcedOnly: UInt64 = 0

    public internal(set) var mesh: TopicMesh
    var members = MeshMembers()
    var states: [ConnectionID: PeerState] = [:]

    var seen: RecentSet<Hash32>
    var held: HeldBlocks
    var log: ArrivalLog
    var assembly: BlockAssembly<CompactForm>
    /// What blocks come with for those who lack some of their transactions.
    var demand: RepairDemand
    /// Transactions that the pool has got just now.
    var fresh: RecentSet<Hash32>

    /// What one peer may still send.
    struct PeerState: Sendable {
        var blocks: TokenBucket
        var announcements: TokenBucket
        var requests: TokenBucket
    }

    public init(limits: BlockGossipLimits = BlockGossipLimits(), mesh: TopicLimits = TopicLimits()) {
        self.limits = limits
        self.mesh = TopicMesh(limits: mesh)
        seen = RecentSet(capacity: max(1, limits.maxSeen))
        assembly = BlockAssembly(limits: limits, maxPeers: TopicMesh.maxPeers)
        held = HeldBlocks(maxCount: limits.maxHeld, maxBytes: limits.maxHeldBytes)
        log = ArrivalLog(capacity: limits.maxArrivals)
        demand = RepairDemand(limits: limits)
        fresh = RecentSet(capacity: max(1, limits.maxFresh), lifetime: limits.freshFor)
        self.mesh.join(Self.topic)
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
            blocks: bucket(limits.blockBurst, limits.blocksPerSecond),
            announcements: bucket(limits.announcementBurst, limits.announcementsPerSecond),
            requests: bucket(limits.requestBurst, limits.requestsPerSecond))
        if members.join(peer, &mesh, &node) {
            mesh.peerSubscribed(peer.connection, to: Self.topic, now: node.now)
            node.emit(.blocksWanted(by: peer))
        }
        carryOut(&node)
    }

    public mutating func peerLeft(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        states[peer.connection] = nil
        members.leave(peer, &mesh, &node)
        assembly.peerLeft(peer, now: node.now)
        carryOut(&node)
    }

    public mutating func received(_ message: Message, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        switch message {
        case .graft where !mesh.knows(peer.connection):
            // The mesh has as many peers as it takes.
            let seconds = UInt64(mesh.limits.pruneBackoff.inSeconds)
            node.send(.prune(MeshPrune(seconds: seconds)), to: peer)
        case .graft:
            mesh.receivedGraft(Self.topic, from: peer.connection, now: node.now, random: &node.random)
        case .prune(let prune):
            let contacts = members.received(prune, of: Self.topic, from: peer, &mesh, &node)
            if !contacts.isEmpty { node.emit(.contacts(contacts, from: peer)) }
        case .want(let ids): mesh.receivedWant(ids, from: peer.connection)
        case .dontWant(let ids): mesh.receivedDontWant(ids, from: peer.connection)
        case .newBlockHashes(let blocks): receivedAnnouncements(blocks, from: peer, &node)
        case .compactBlock(let block): receivedCompact(block, from: peer, &node)
        case .getBlockTransactions(let id, let hash, let indices):
            respond(id, hash, indices, to: peer, &node)
        case .blockTransactions(let id, let transactions): receivedTransactions(id, transactions, from: peer, &node)
        case .getBlocks(let id, let hashes): respond(id, hashes, to: peer, &node)
        case .blocks(let id, let blocks): receivedBlocks(id, blocks, from: peer, &node)
        }
        carryOut(&node)
    }

    public mutating func deadlineReached(_ node: inout CapabilityContext<Self>) {
        assembly.deadlineReached(now: node.now)
        carryOutAssembly(&node)
        mesh.deadlineReached(now: node.now, random: &node.random)
        carryOut(&node)
    }

    /// Does what the assembly and the mesh want, and says when to be called again.
    mutating func carryOut(_ node: inout CapabilityContext<Self>) {
        carryOutAssembly(&node)
        for action in mesh.takeActions() {
            switch action {
            case .have(_, let ids, let connection): announce(ids, to: connection, &node)
            case .send(let id, let connections): if let block = held[id] { push(block, id, to: connections, &node) }
            // Blocks are held for as long as they may be of use, whatever the mesh remembers.
            case .forget: break
            case .graft, .prune, .want, .dontWant, .offence: members.carryOut(action, &node)
            }
        }
        node.deadline = [mesh.deadline, assembly.deadline].compactMap { $0 }.min()
    }

    private func announce(
        _ ids: [TopicMessageID], to connection: ConnectionID, _ node: inout CapabilityContext<Self>
    ) {
        let blocks = ids.compactMap { held[$0]?.block.block }
            .map { BlockAnnouncement(hash: $0.hash, number: $0.number) }
        for part in blocks.parts(of: BlocksMessageLimits.maxAnnounced) {
            members.send(.newBlockHashes(part), to: [connection], &node)
        }
    }

    /// Sends a block to as many as there is room for, at least to one: who has asked for it waits for it.
    private mutating func push(
        _ block: HeldBlocks.Held, _ id: TopicMessageID, to connections: [ConnectionID],
        _ node: inout CapabilityContext<Self>
    ) {
        let compact = compact(block, &node)
        let count = max(1, uploadRoom / max(1, compact.byteCount))
        members.send(.compactBlock(compact), to: Array(connections.prefix(count)), &node)
        guard count < connections.count else { return }
        announcedOnly &+= 1
        let rest = Array(connections.dropFirst(count))
        mesh.withheld(id, from: rest)
        let header = block.block.block
        let announcement = BlockAnnouncement(hash: header.hash, number: header.number)
        members.send(.newBlockHashes([announcement]), to: rest, &node)
    }
}
