import DevP2P
import Discovery
public import EthNode
public import KeyValue
public import Links
public import NodeCore
import Primitives
public import SansIO

/// Many whole nodes in one thread and in virtual time. The same seed and the same calls give the same trace.
///
/// Compression, storage and chain are the real ones, and encryption too unless the simulation says otherwise; only
/// clock, links and threads are virtual.
public final class Simulation {
    /// What nodes encrypt and sign on their way to each other.
    public enum Crypto: String, Sendable, CaseIterable {
        /// Everything, as on sockets.
        case real
        /// Nothing: frames and packets have their sizes, but no encryption, MAC or signature of discovery. Blocks,
        /// transactions and node records are signed and checked all the same.
        case plain
    }

    public let seed: UInt64
    public let crypto: Crypto
    public private(set) var now: Instant
    public internal(set) var nodes: [SimulatedNode] = []
    public internal(set) var trace = Trace()
    /// Sees what nodes want done, before it is done.
    public var observer: ((SimulatedNode, NodeEffect, Instant) -> Void)?
    /// Sees what nodes are told, before they are.
    public var inputObserver: ((SimulatedNode, NodeInput, Instant) -> Void)?

    var network: VirtualNetwork
    var queue = EventQueue<Happening>()
    var nodeByEndpoint: [Endpoint: Int] = [:]

    /// - Parameter start: the wall clock of the first moment; fixed by default, so that runs are comparable.
    public init(
        seed: UInt64, crypto: Crypto = .real, links: LinkModel = LinkModel(),
        start: Instant = Instant(unixSeconds: 1_760_000_000)
    ) {
        self.seed = seed
        self.crypto = crypto
        network = VirtualNetwork(links, seed: seed)
        now = start
    }

    /// How the network carries bytes. It may change during a run; distances and places that are drawn already stay.
    public var links: LinkModel {
        get { network.model }
        set { network.model = newValue }
    }

    /// Adds a node and starts it. Its address must be its own.
    ///
    /// - Parameters:
    ///   - side: where it stands in partitions, also in one that is there already; see `setSide`.
    ///   - hosts: what the node does, such as a chain (`EthConfiguration`); opened again after a restart.
    @discardableResult
    public func add(
        _ configuration: NodeConfiguration, hosts: [any HostConfiguration], store: any KeyValueStore = MemoryStore(),
        side: Int = 0
    ) throws(NodeError) -> SimulatedNode {
        var nodeRandom = NodeRandom(seed: seed, stream: UInt64(nodes.count) + 1)
        let seal: any PacketSealV4 = crypto == .plain ? PlainSealV4() : SignatureSealV4()
        var core = try NodeCore(
            configuration: configuration, store: store, seal: seal, random: nodeRandom.fork(), now: now)
        for host in hosts { try core.register(host, store: store) }
        let node = SimulatedNode(
            index: nodes.count, configuration: configuration, hosts: hosts, store: store, seal: seal, core: core,
            random: nodeRandom, clock: NodeClock(now))
        nodes.append(node)
        network.add(now: now)
        setSide(side, of: node)
        nodeByEndpoint[node.endpoint] = node.index
        node.isRunning = true
        handle(.start, at: node)
        return node
    }

    /// Adds a node with a chain and starts it.
    ///
    /// - Parameter hosts: what it does besides.
    @discardableResult
    public func add(
        _ configuration: ChainNodeConfiguration, hosts: [any HostConfiguration] = [],
        store: any KeyValueStore = MemoryStore(), side: Int = 0
    ) throws(NodeError) -> SimulatedNode {
        try add(configuration.node, hosts: [configuration.chain] + hosts, store: store, side: side)
    }

    /// Stops a node as the death of its process would: peers see a closed connection, the store stays.
    public func crash(_ node: SimulatedNode) {
        for (_, connection) in node.connections.sorted(by: { $0.key < $1.key }) {
            tellClosed(connection, of: node)
        }
        trace.add(now, node: node.index, kind: 5)
        node.connections = [:]
        node.isRunning = false
        node.scheduledDeadline = nil
        node.life += 1
    }

    /// Starts a crashed node again, on its store.
    public func restart(_ node: SimulatedNode) throws(NodeError) {
        precondition(!node.isRunning)
        node.core = try NodeCore(
            configuration: node.configuration, store: node.store, seal: node.seal, random: node.random.fork(),
            now: node.clock.local(now))
        for host in node.hosts { try node.core.register(host, store: node.store) }
        node.isRunning = true
        trace.add(now, node: node.index, kind: 6)
        scheduleDeeds(of: node)
        handle(.start, at: node)
    }

    /// Keeps the events with these numbers in the trace, besides its hash.
    public func record(_ events: Range<UInt64>) { trace.recorded = events }

    /// Lets the network run for a time.
    public func run(for duration: Duration) {
        let end = now + duration
        while let next = queue.nextMoment, next <= end { step() }
        now = end
    }

    /// Lets the network run until a condition holds; false where it doesn't within `limit`. It is looked at after every
    /// event.
    public func run(until condition: (Simulation) -> Bool, limit: Duration) -> Bool {
        let end = now + limit
        while !condition(self) {
            guard let next = queue.nextMoment, next <= end else { return false }
            step()
        }
        return true
    }

    /// Feeds one input to a node, as its user would: a transaction, a peer to connect to.
    public func handle(_ input: NodeInput, at node: SimulatedNode) {
        guard node.isRunning else { return }
        inputObserver?(node, input, now)
        let deeds = deeds(about: input, at: node)
        node.core.handle(input, now: node.clock.local(now))
        carryOut(of: node)
        perform(deeds, by: node)
    }

    private func step() {
        guard let (at, happening) = queue.next() else { return }
        now = max(now, at)
        let node = nodes[Int(happening.node)]
        guard node.isRunning, node.life == happening.life else { return }
        happen(happening.kind, to: node, at: at)
    }
}

// Faults of the network and of clocks.
extension Simulation {
    /// The region that a node was put into; nil in a model without regions.
    public func region(of node: SimulatedNode) -> String? { network.regionName(of: node.index) }

    public func isBehindNAT(_ node: SimulatedNode) -> Bool { network.isBehindNAT(node.index) }

    public func setBehindNAT(_ isHidden: Bool, _ node: SimulatedNode) { network.setBehindNAT(node.index, isHidden) }

    /// Gives a node a line of its own, bytes a second.
    public func setLink(of node: SimulatedNode, upload: Double, download: Double) {
        network.setLink(of: node.index, upload: upload, download: download)
    }

    /// Puts a node on a side, 0 ..< 64, of partitions to come. At first all are on side 0.
    public func setSide(_ side: Int, of node: SimulatedNode) {
        precondition((0..<VirtualNetwork.maxSides).contains(side))
        network.setSide(side, of: node.index)
    }

    /// One half of a partition: nothing that the side `from` sends reaches the side `to` any more. TCP needs
    /// acknowledgements, so a connection over it comes to a stand in both directions, sooner or later.
    public func block(from: Int, to: Int) { network.setBlocked(from: from, to: to, true) }

    /// Ends all partitions. What TCP held back is sent.
    public func heal() {
        network.heal()
        for node in nodes where node.isRunning {
            for (id, connection) in node.connections.sorted(by: { $0.key < $1.key }) {
                connection.unacknowledged = 0
                if connection.machine.hasBytes { flush(id, connection, of: node) }
            }
        }
    }

    /// Lets a node's clock gain so many millionths from now on.
    public func setDrift(_ partsPerMillion: Int64, of node: SimulatedNode) {
        node.clock.setDrift(partsPerMillion, now: now)
        reschedule(node)
    }

    /// Sets a node's clock to be off by so much. A running node's clock can only be set forwards.
    public func setClockOffset(_ offset: Duration, of node: SimulatedNode) {
        let shown = node.clock.local(now)
        precondition(!node.isRunning || now + offset >= shown)
        node.clock.setOffset(offset, now: now)
        reschedule(node)
    }
}
