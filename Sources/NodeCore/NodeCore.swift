import Chain
import Consensus
public import DevP2P
package import Discovery
import EthCrypto
import EthWire
import Execution
import Gossip
public import KeyValue
import NodeRecord
public import PeerBook
import Primitives
public import SansIO
import Storage
import Sync
import Topics

/// One node: discovery, peers, capabilities, gossip, sync, chain and sealing, composed into one deterministic machine.
///
///     datagrams    -> discovery -> peer book -> dials
///     connections  -> peer book -> capabilities -> eth, topics, blocks, your own
///     eth          -> transaction gossip -> pool      -> sealing
///     eth, blocks  -> downloader -> chain (one job at a time) -> new head -> pool, blocks, Status
///
/// It does nothing by itself: a driver feeds `handle` and carries out what `takeEffects` gives. Work that touches the
/// disk or burns CPU goes out as jobs and comes back as input. The same inputs at the same moments give the same effects.
public struct NodeCore: Sendable {
    public let configuration: NodeConfiguration
    /// What connections say in Hello. Complete once all capabilities are registered.
    public private(set) var localHello: LocalHello

    // For one call of `handle`.
    var now: Instant
    private(set) var effects: [NodeEffect] = []
    var hostEffects: [(host: HostID, effect: HostEffect)] = []

    /// How the time of day lies to `now`, and what others' clocks say of it.
    var wall = WallClock()
    var clocks = ClockEstimate()

    var random: NodeRandom
    let startedAt: Instant
    var isStarted = false
    var isStopping = false
    /// Whether the last call ended at its bound: what is left is due at once.
    private var isUnsettled = false

    var connections: [ConnectionID: Connection] = [:]
    var dialedCount: UInt64 = 0
    var peers: PeerBook
    /// The newest decisions of the peer book.
    public internal(set) var journal = PeerJournal()
    var discovery: DiscoveryV4?
    /// A node without discovery has a record too.
    let ownRecord: NodeRecord?

    var eth: CapabilityHost<EthCapability>
    var topics: CapabilityHost<TopicsCapability>
    var blocks: CapabilityHost<BlockGossip>
    /// Those of the node's user.
    var own: [any CapabilityHosting] = []
    /// For each index in `localHello.capabilities` the host that serves it.
    private(set) var hostOfCapability: [HostID]

    /// What is on disk of the peers.
    var archive: PeerArchive
    let store: ChainStore
    let forks: ForkSchedule
    var chain: ChainQueue
    var activity = ChainActivity()
    var downloader: BlockDownloader
    var pool: TransactionPool
    var transactions: TransactionGossip
    var admission = Admission()
    var intake = BlockIntake()
    var sealer: Sealer
    var upload: Upload
    /// The newest block that peers on eth/69 were told of.
    var announcedLatest: UInt64
    var reminder: HeadReminder

    var jobs: [JobID: JobOwner] = [:]
    private var lastJob: UInt64 = 0

    /// The tables that the store of a node has.
    public static let columns: [Column] = ChainStore.columns + [.consensus, .peers]

    /// Reads the chain from the store; an empty store gets the genesis block.
    ///
    /// - Throws: where the store belongs to another chain or can't be read.
    public init(
        configuration: NodeConfiguration, store: any KeyValueStore, random seed: NodeRandom, now: Instant
    ) throws(NodeError) {
        try self.init(
            configuration: configuration, store: store, seal: SignatureSealV4(), random: seed, now: now)
    }

    /// - Parameter seal: how packets of discovery are signed; no node with sockets has another than that of the protocol.
    package init(
        configuration: NodeConfiguration, store: any KeyValueStore, seal: any PacketSealV4, random seed: NodeRandom,
        now: Instant
    ) throws(NodeError) {
        let chainStore = ChainStore(store)
        let (genesis, head) = try Self.openChain(configuration, chainStore)
        var random = seed
        let forks = ForkSchedule(
            config: configuration.genesis.config, genesisHash: genesis.hash, genesisTime: genesis.timestamp)
        let localID = configuration.key.publicKey.nodeID
        (peers, archive) = Self.openPeers(
            configuration, ForkFilter(schedule: forks, number: head.number, time: head.timestamp), store,
            random: random.fork(), now: now)

        let view = EthView(
            networkID: configuration.networkID, genesisHash: genesis.hash, forks: forks, head: head)
        eth = CapabilityHost(EthCapability(chain: view, server: ChainServer(chainStore)), index: 0)
        topics = CapabilityHost(TopicsCapability(), index: eth.descriptors.count)
        blocks = CapabilityHost(BlockGossip(), index: eth.descriptors.count + topics.descriptors.count)
        localHello = LocalHello(
            clientID: configuration.clientID,
            capabilities: eth.descriptors + topics.descriptors + blocks.descriptors, listenPort: configuration.tcpPort)
        hostOfCapability =
            eth.descriptors.map { _ in .eth } + topics.descriptors.map { _ in .topics }
            + blocks.descriptors.map { _ in .blocks }

        (discovery, ownRecord) = try Self.makeDiscovery(
            configuration, view, seal: seal, random: random.fork(), now: now)
        self.configuration = configuration
        self.store = chainStore
        self.forks = forks
        chain = ChainQueue(head: head)
        announcedLatest = head.number
        reminder = HeadReminder(period: configuration.genesis.config.clique?.period, now: now)
        downloader = BlockDownloader(genesis: genesis.hash, head: head, random: random.fork())
        pool = TransactionPool(
            head: PoolHead(after: head.header, config: configuration.genesis.config, nextTime: now.unixSeconds),
            limits: configuration.pool)
        transactions = TransactionGossip(localID: localID, random: random.fork())
        sealer = Sealer(key: configuration.sealingKey)
        upload = Upload(configuration.uploadLimits, now: now)
        self.now = now
        startedAt = now
        self.random = random
    }

    /// Adds a capability of one's own. Only before the first `handle`.
    public mutating func register(_ capability: some Capability) {
        precondition(!isStarted, "capabilities are registered before the node starts")
        let host = CapabilityHost(capability, index: localHello.capabilities.count)
        hostOfCapability += host.descriptors.map { _ in .own(own.count) }
        own.append(host)
        localHello.capabilities += host.descriptors
    }

    /// Takes one input. What is to be done about it is in `takeEffects` afterwards, and `deadline` may have moved.
    public mutating func handle(_ input: NodeInput, now: Instant) {
        self.now = now
        updateUploadRoom()
        switch input {
        case .start: start()
        case .datagram(let bytes, let from): discovery?.receive(bytes[...], from: from, now: now)
        case .accepted(let id, let from): accepted(id, from: from)
        case .dialFailed(let id): dialFailed(id)
        case .dialPostponed(let id): dialPostponed(id)
        case .connection(let id, let events): connectionEvents(id, events)
        case .congested(let id, let isCongested): congested(id, isCongested)
        case .jobCompleted(let id, let result): jobCompleted(id, result)
        case .submit(let transaction, let ticket): submit(transaction, ticket: ticket)
        case .addPeer(let contact): peers.addStatic(contact, now: now)
        case .removePeer(let id): peers.removeStatic(id, now: now)
        case .command(let name, let command): self.command(command, to: name)
        case .clockSet(let offset): clockSet(offset)
        case .controlSent(let bytes): upload.note(control: bytes, now: now)
        case .deadlineReached: deadlineReached()
        case .stop: stop()
        }
        settle()
    }

    /// When `deadlineReached` is wanted next; nil for never.
    public var deadline: Instant? {
        mutating get {
            // Asked for after each input: so no arrays.
            guard isStarted else { return nil }
            if isUnsettled { return now }
            var earliest = Instant.distantFuture
            func note(_ deadline: Instant?) { if let deadline, deadline < earliest { earliest = deadline } }
            note(eth.deadline)
            note(topics.deadline)
            note(blocks.deadline)
            for host in own { note(host.deadline) }
            note(discovery?.deadline)
            note(peers.deadline)
            note(archive.nextWrite)
            note(downloader.deadline)
            note(transactions.deadline)
            note(chain.deadline.map(wall.moment))
            note(upload.deadline)
            note(reminder.deadline)
            if !isSyncing, !isStopping { note(sealer.deadline.map(wall.moment)) }
            return earliest < .distantFuture ? earliest : nil
        }
    }

    /// What is to be done, in order.
    public mutating func takeEffects() -> [NodeEffect] {
        defer { effects = [] }
        return effects
    }

    private mutating func start() {
        isStarted = true
        for line in archive.takeLosses() { emit(.peersForgotten(line)) }
        for host in hosts { call(host, .started) }
        planSealing()
    }

    private mutating func stop() {
        isStopping = true
        // While the peers are still there.
        keepPeers(isLast: true)
        for id in connections.keys.sorted() { close(id, .quitting) }
    }

    private mutating func deadlineReached() {
        discovery?.deadlineReached(now: now)
        peers.deadlineReached(now: now)
        if archive.nextWrite.map({ $0 <= now }) ?? false { keepPeers() }
        downloader.deadlineReached(now: now)
        transactions.deadlineReached(pool: pool, now: now)
        for host in hosts { call(host, .deadlineReached) }
        retryDelayedBlocks()
        sealIfDue()
        remindOfHead()
    }

    /// Bounds of one call. A chain of consequences is a handful long, and no input leads to so many effects: more than
    /// that is a defect of a capability, which may not stop the node.
    private static let maxRounds = 64
    private static let maxHostEffects = 65_536

    /// Lets every machine say what follows from the input, until nothing does. What is left at the bound is continued by
    /// the next call, for which `deadline` asks at once.
    private mutating func settle() {
        isUnsettled = true
        var budget = Self.maxHostEffects
        for _ in 0..<Self.maxRounds where isUnsettled {
            let hadWork = [
                carryOutHosts(&budget), carryOutDiscovery(), carryOutDownloads(), carryOutTransactions(),
            ]
            isUnsettled = hadWork.contains(true)
        }
        // Dials and ends of connections only come back as further inputs.
        carryOutPeerBook()
        dial()
        carryOutPeerBook()
        carryOutUploads()
    }

    mutating func append(_ effect: NodeEffect) { effects.append(effect) }

    mutating func emit(_ event: NodeEvent) { effects.append(.event(event)) }

    /// Adds a message to the last effect where that goes to the same connection.
    mutating func appendSend(_ message: OutboundMessage, to id: ConnectionID) {
        if case .send(let last, var messages) = effects.last, last == id {
            effects.removeLast()
            messages.append(message)
            effects.append(.send(id, messages))
        } else {
            effects.append(.send(id, [message]))
        }
    }

    /// Sends work to a worker thread; its result comes back to its owner.
    mutating func run(_ job: Job, for owner: JobOwner) {
        lastJob += 1
        let id = JobID(rawValue: lastJob)
        jobs[id] = owner
        append(.run(id, job))
    }

    private mutating func jobCompleted(_ id: JobID, _ result: any Sendable) {
        guard let owner = jobs.removeValue(forKey: id) else { return }
        switch (owner, result) {
        case (.capability(let host), _): call(host, .jobCompleted(result))
        case (.serving(let host, let granted), _):
            upload.settle(granted: granted, now: now)
            call(host, .jobCompleted(result))
        case (.chain, let result as ChainJobResult): chainJobCompleted(result)
        case (.admission, let result as AdmissionResult): admissionCompleted(result)
        case (.blockCheck, let result as BlockCheckResult): blockChecked(result)
        case (.archive, let result as PeerArchive.WriteResult): peersKept(result)
        case (.download, let result as DownloadTaskResult): downloader.taskCompleted(result, now: now)
        default: preconditionFailure("a job returned what its owner doesn't expect")
        }
    }
}

/// Whom a job's result goes to.
enum JobOwner: Sendable {
    case capability(HostID)
    /// The answer to a peer's request, for which so many bytes were set aside.
    case serving(HostID, granted: Int)
    case chain
    case blockCheck
    case admission
    case download
    case archive
}
