import Chain
import Consensus
import DequeModule
public import DevP2P
import EthWire
import Execution
import Gossip
import KeyValue
import NodeCore
import Primitives
public import SansIO
import Storage
import Sync

/// The chain of a node, as one host of its capabilities `eth` and `blocks`: sessions, transaction pool and gossip, gossip of
/// blocks, downloader, import and sealing.
///
///     eth          -> transaction gossip -> pool      -> sealing
///     eth, blocks  -> downloader -> chain (one job at a time) -> new head -> pool, blocks, Status
///
/// It is called like any other host (`take`), and asks for what it wants done by effects.
public struct EthNode: CapabilityHosting {
    public let configuration: EthConfiguration

    /// Lent for one call of `take`.
    var node: HostContext<any Sendable>
    /// What the two capabilities want done, in order, and isn't carried out yet.
    private var pending = Deque<MemberEffect>()

    var eth: CapabilityHost<EthSessions>
    var blocks: CapabilityHost<BlockGossip>
    /// The peers with an open session of either capability.
    var members: [ConnectionID: Peer] = [:]

    let store: ChainStore
    let forks: ForkSchedule
    var chain: ChainQueue
    var activity = ChainActivity()
    var downloader: BlockDownloader
    var pool: TransactionPool
    var transactions: TransactionGossip
    var admission = Admission()
    /// Users who wait for an answer, by their tickets.
    var submissions = Submissions()
    var intake = BlockIntake()
    var sealer: Sealer
    /// The newest block that peers on eth/69 were told of.
    var announcedLatest: UInt64
    var reminder: HeadReminder

    private var jobs = JobTable<EthJobResult>()
    private var reportedProgress = HostProgress(isSyncing: false, isHeldUp: false)
    private var reportedHeldBack: UInt64 = 0
    private(set) var isStopping = false
    public private(set) var deadline: Instant?

    private enum MemberEffect: Sendable {
        case eth(HostEffect<EthSessions.Event>)
        case blocks(HostEffect<BlockGossip.Event>)
    }

    /// Reads the chain from the store; an empty store gets the genesis block.
    ///
    /// - Throws: where the store belongs to another chain or can't be read.
    init(
        _ configuration: EthConfiguration, localID: NodeID, store: any KeyValueStore, random: inout NodeRandom,
        now: Instant
    ) throws(NodeError) {
        let chainStore = ChainStore(store)
        let (genesis, head) = try Self.openChain(configuration, chainStore)
        forks = ForkSchedule(
            config: configuration.genesis.config, genesisHash: genesis.hash, genesisTime: genesis.timestamp)
        let view = EthView(networkID: configuration.networkID, genesisHash: genesis.hash, forks: forks, head: head)
        eth = CapabilityHost(EthSessions(chain: view, server: ChainServer(chainStore)))
        blocks = CapabilityHost(BlockGossip())
        self.configuration = configuration
        self.store = chainStore
        chain = ChainQueue(head: head)
        announcedLatest = head.number
        reminder = HeadReminder(period: configuration.genesis.config.clique?.period, now: now)
        downloader = BlockDownloader(genesis: genesis.hash, head: head, random: random.fork())
        pool = TransactionPool(
            head: PoolHead(after: head.header, config: configuration.genesis.config, nextTime: now.unixSeconds),
            limits: configuration.pool)
        transactions = TransactionGossip(localID: localID, random: random.fork())
        sealer = Sealer(key: configuration.sealingKey)
        node = HostContext(now: now, random: random)
    }

    // MARK: As a host

    /// eth in all its versions, then blocks.
    public var descriptors: [CapabilityDescriptor] { eth.descriptors + blocks.descriptors }
    public var peerCounts: [Int] { eth.peerCounts + blocks.peerCounts }
    public var metrics: [CapabilityMetrics] { eth.metrics + blocks.metrics }

    public var index: Int {
        get { eth.index }
        set {
            eth.index = newValue
            blocks.index = newValue + eth.descriptors.count
        }
    }

    public func hasHandshake(at index: Int) -> Bool { isOfBlocks(index) ? false : eth.hasHandshake(at: index) }

    public func use(of id: UInt8, at index: Int) -> MessageUse {
        isOfBlocks(index) ? blocks.use(of: id, at: index) : eth.use(of: id, at: index)
    }

    public mutating func sent(_ message: OutboundMessage) {
        isOfBlocks(message.capability) ? blocks.sent(message) : eth.sent(message)
    }

    private func isOfBlocks(_ index: Int) -> Bool { index >= blocks.index }

    public mutating func take(_ call: HostCall, _ node: inout HostContext<any Sendable>) {
        swap(&self.node, &node)
        defer { swap(&self.node, &node) }
        if downloader.wall != wall { downloader.clockSet(wall, now: now) }
        updateUploadRoom()
        take(call)
        settle()
        reportProgress()
        deadline = nextDeadline
    }

    private mutating func take(_ call: HostCall) {
        switch call {
        case .started: started()
        case .joined(_, let index), .received(_, let index, _, _):
            isOfBlocks(index) ? callBlocks(call) : callEth(call)
        case .left(let connection, let index):
            members[connection] = nil
            isOfBlocks(index) ? callBlocks(call) : callEth(call)
        case .sessionOpened: callEth(call)
        case .deadlineReached: deadlineReached()
        case .jobCompleted(let ticket): jobCompleted(ticket)
        case .topicMessage: break
        case .commandReceived(let command):
            guard let command = command as? EthCommand else {
                preconditionFailure("a command is of the type that its host declares")
            }
            take(command)
        case .clockSet:
            retryDelayedBlocks()
            planSealing()
        case .stopping:
            isStopping = true
            for submission in submissions.takeAll() { node.effects.append(.reply(submission.reply(nil))) }
        }
    }

    private mutating func started() {
        node.effects.append(.candidateFilter(candidateFilter))
        node.effects.append(.recordEntry("eth", rlp: eth.capability.chain.recordEntry))
        callEth(.started)
        callBlocks(.started)
        planSealing()
    }

    private mutating func deadlineReached() {
        downloader.deadlineReached(now: now)
        transactions.deadlineReached(pool: pool, now: now)
        callEth(.deadlineReached)
        callBlocks(.deadlineReached)
        retryDelayedBlocks()
        sealIfDue()
        remindOfHead()
    }

    private var nextDeadline: Instant? {
        mutating get {
            var earliest = Instant.distantFuture
            func note(_ deadline: Instant?) { if let deadline, deadline < earliest { earliest = deadline } }
            note(eth.deadline)
            note(blocks.deadline)
            note(downloader.deadline)
            note(transactions.deadline)
            note(chain.deadline.map(wall.moment))
            note(reminder.deadline)
            if !isSyncing, !isStopping { note(sealer.deadline.map(wall.moment)) }
            if !pending.isEmpty { return now }
            return earliest < .distantFuture ? earliest : nil
        }
    }

    // MARK: For one call

    var now: Instant { node.now }
    var wall: WallClock { node.wall }
    /// The time by which headers are judged.
    var unixTime: Instant { wall.unixTime(at: now) }

    mutating func emit(_ event: EthNodeEvent) { node.effects.append(.event(event)) }

    mutating func report(_ offence: Offence, by peer: Peer) {
        node.effects.append(.offence(peer.connection, offence))
    }

    mutating func credit(_ merit: Merit, to peer: Peer, bytes: Int = 0, latency: Duration? = nil) {
        node.effects.append(.credit(peer.connection, merit, bytes: bytes, latency: latency))
    }

    /// Runs work on a worker thread.
    mutating func run(_ name: StaticString, _ work: @escaping @Sendable () -> EthJobResult) {
        let job = jobs.add(name, work)
        node.effects.append(.run(Job(name: name, ticket: job.ticket << 1, work: job.work)))
    }

    /// Tickets of the sessions are odd, those of the chain's own jobs even.
    private mutating func jobCompleted(_ ticket: UInt64) {
        guard ticket & 1 == 0 else { return callEth(.jobCompleted(ticket: ticket >> 1)) }
        switch jobs.takeResult(of: ticket >> 1) {
        case .chain(let result): chainJobCompleted(result)
        case .admission(let result): admissionCompleted(result)
        case .blockCheck(let result): blockChecked(result)
        case .download(let result): downloader.taskCompleted(result, now: now)
        case nil: break
        }
    }

    private mutating func callEth(_ call: HostCall) {
        let effects = node.lend { eth.take(call, &$0) }
        pending.append(contentsOf: effects.map(MemberEffect.eth))
    }

    private mutating func callBlocks(_ call: HostCall) {
        let effects = node.lend { blocks.take(call, &$0) }
        pending.append(contentsOf: effects.map(MemberEffect.blocks))
    }

    /// Calls a method that only `blocks/1` has.
    mutating func withBlocks(_ body: (inout BlockGossip, inout CapabilityContext<BlockGossip>) -> Void) {
        let effects = node.lend { blocks.withContext(&$0) { body(&$0, &$1) } }
        pending.append(contentsOf: effects.map(MemberEffect.blocks))
    }

    /// Sends an `eth` message to peers of any version; it is encoded once for each version.
    mutating func sendEth(_ message: EthMessage, to receivers: [Peer]) {
        guard !receivers.isEmpty else { return }
        let effects = node.lend { eth.withContext(&$0) { $0.send(message, to: receivers, &$1) } }
        pending.append(contentsOf: effects.map(MemberEffect.eth))
    }

    /// Bounds of one call; what is left is gone on with in the next one.
    private static let maxRounds = 64
    private static let maxMemberEffects = 65_536

    /// Lets every machine say what follows, until nothing does.
    private mutating func settle() {
        var budget = Self.maxMemberEffects
        for _ in 0..<Self.maxRounds {
            let hadWork = [carryOutMembers(&budget), carryOutDownloads(), carryOutTransactions()]
            guard hadWork.contains(true) else { return }
        }
    }

    private mutating func carryOutMembers(_ budget: inout Int) -> Bool {
        var hadWork = false
        while budget > 0, let effect = pending.popFirst() {
            budget -= 1
            hadWork = true
            switch effect {
            case .eth(.event(let event)): sessionEvent(event)
            case .eth(.run(let job)):
                node.effects.append(.run(Job(name: job.name, ticket: job.ticket << 1 | 1, work: job.work)))
            case .eth(.serve(let job)): node.effects.append(.serve(job.renamed(job.ticket << 1 | 1)))
            case .eth(let effect): node.effects.append(effect.erased)
            case .blocks(.event(let event)): blocksEvent(event)
            case .blocks(let effect): node.effects.append(effect.erased)
            }
        }
        return hadWork
    }

    /// Tells the node what has changed of that since it was told last.
    private mutating func reportProgress() {
        let progress = HostProgress(
            isSyncing: isSyncing, isHeldUp: reminder.isStale(now: now) && downloader.isInDoubt)
        if progress != reportedProgress { node.effects.append(.progress(progress)) }
        reportedProgress = progress
        if blocks.capability.announcedOnly != reportedHeldBack { node.effects.append(.heldBack) }
        reportedHeldBack = blocks.capability.announcedOnly
    }

    // MARK: Upload

    /// Tells those who relay how much of it would go at once: where there is no room they announce instead.
    private mutating func updateUploadRoom() {
        blocks.capability.uploadRoom = node.uploadRoom
        transactions.uploadRoom = node.uploadRoom
    }
}
