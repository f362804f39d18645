public import DevP2P
package import Discovery
import EthCrypto
public import KeyValue
import NodeRecord
public import PeerBook
import Primitives
public import SansIO
import Topics

/// One node: connections, discovery, peers and capabilities, composed into one deterministic machine. It knows no chain:
/// whatever is to be said to peers is the business of capabilities.
///
///     datagrams    -> discovery -> peer book -> dials
///     connections  -> peer book -> hosts of capabilities
///     hosts        -> messages, jobs, topics, offences, events
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
    var hostEffects: [QueuedEffect] = []

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
    /// Where discovery is off, it only keeps the node's record.
    var discovery: DiscoveryV4

    /// In the order in which they were registered, which is that of their capabilities in `localHello`.
    var hosts: [any CapabilityHosting] = []
    /// For each index in `localHello.capabilities` the host that serves it, by its index. Topics have the index after the last.
    private(set) var hostOfCapability: [Int] = []
    var topics = CapabilityHost(TopicsCapability())

    /// What is on disk of the peers.
    var archive: PeerArchive
    var upload: Upload

    private var jobs: [JobID: JobOwner] = [:]
    private var lastJob: UInt64 = 0

    /// The tables that the node itself has in its store; those of its hosts come beside them (`HostConfiguration`).
    public static let columns: [Column] = [.peers]

    /// - Throws: where the node's record can't be made.
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
        var random = seed
        peers = Self.makePeerBook(configuration, random: random.fork(), now: now)
        archive = PeerArchive(store, now: now)
        discovery = try Self.makeDiscovery(configuration, seal: seal, random: random.fork(), now: now)
        localHello = LocalHello(
            clientID: configuration.clientID, capabilities: topics.descriptors, listenPort: configuration.tcpPort)
        self.configuration = configuration
        upload = Upload(configuration.uploadLimits, now: now)
        self.now = now
        startedAt = now
        self.random = random
    }

    /// Adds a capability of one's own. Only before the first `handle`.
    public mutating func register(_ capability: some Capability) { register(host: CapabilityHost(capability)) }

    /// Opens a host and adds it. Only before the first `handle`.
    public mutating func register(
        _ configuration: some HostConfiguration, store: any KeyValueStore
    ) throws(NodeError) {
        register(host: try configuration.open(self.configuration, store: store, random: &random, now: now))
    }

    private mutating func register(host: some CapabilityHosting) {
        precondition(!isStarted, "capabilities are registered before the node starts")
        var host = host
        // Topics stay the last.
        host.index = topics.index
        topics.index += host.descriptors.count
        hostOfCapability += host.descriptors.map { _ in hosts.count }
        localHello.capabilities.insert(contentsOf: host.descriptors, at: host.index)
        hosts.append(host)
    }

    /// Takes one input. What is to be done about it is in `takeEffects` afterwards, and `deadline` may have moved.
    public mutating func handle(_ input: NodeInput, now: Instant) {
        self.now = now
        switch input {
        case .start: start()
        case .datagram(let bytes, let from): datagram(bytes, from: from)
        case .accepted(let id, let from): accepted(id, from: from)
        case .dialFailed(let id): dialFailed(id)
        case .dialPostponed(let id): dialPostponed(id)
        case .connection(let id, let events): connectionEvents(id, events)
        case .congested(let id, let isCongested): congested(id, isCongested)
        case .jobCompleted(let id): jobCompleted(id)
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
            for host in hosts { note(host.deadline) }
            note(topics.deadline)
            if configuration.discoveryEnabled { note(discovery.deadline) }
            note(peers.deadline)
            note(archive.nextWrite)
            note(upload.deadline)
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
        callAll(.started)
        // What is kept of peers is judged by the filter that a host has set.
        var budget = Self.maxHostEffects
        _ = carryOutHosts(&budget)
        restorePeers()
    }

    private mutating func stop() {
        isStopping = true
        callAll(.stopping)
        // While the peers are still there.
        keepPeers(isLast: true)
        for id in connections.keys.sorted() { close(id, .quitting) }
    }

    private mutating func deadlineReached() {
        if configuration.discoveryEnabled { discovery.deadlineReached(now: now) }
        peers.deadlineReached(now: now)
        if archive.nextWrite.map({ $0 <= now }) ?? false { keepPeers() }
        callAll(.deadlineReached)
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
            let hadWork = [carryOutHosts(&budget), carryOutDiscovery()]
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

    private mutating func jobCompleted(_ id: JobID) {
        guard let owner = jobs.removeValue(forKey: id) else { return }
        switch owner {
        case .host(let host, let ticket): call(host, .jobCompleted(ticket: ticket))
        case .serving(let host, let ticket, let granted):
            upload.settle(granted: granted, now: now)
            call(host, .jobCompleted(ticket: ticket))
        case .archive(let ticket): peersKept(ticket)
        }
    }
}

/// Whom a job's result goes to.
enum JobOwner: Sendable {
    /// A host, by its index.
    case host(Int, ticket: UInt64)
    /// The answer to a peer's request, for which so many bytes were set aside.
    case serving(Int, ticket: UInt64, granted: Int)
    case archive(ticket: UInt64)
}
