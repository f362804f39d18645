import DevP2P
import HeapModule
public import NodeCore
import Primitives
public import SansIO
public import Storage

/// Many whole nodes in one thread and in virtual time. The same seed and the same calls give the same trace.
///
/// Encryption, compression, storage and chain are the real ones; only clock, links and threads are virtual.
public final class Simulation {
    public let seed: UInt64
    public let links: LinkModel
    public private(set) var now: Instant
    public private(set) var nodes: [SimulatedNode] = []
    public private(set) var trace = Trace()

    private var queue = Heap<Happening>()
    private var sequence: UInt64 = 0
    private var nodeByEndpoint: [Endpoint: Int] = [:]
    private var random: NodeRandom

    /// - Parameter start: the wall clock of the first moment; fixed by default, so that runs are comparable.
    public init(
        seed: UInt64, links: LinkModel = LinkModel(), start: Instant = Instant(unixSeconds: 1_760_000_000)
    ) {
        self.seed = seed
        self.links = links
        now = start
        random = NodeRandom(seed: seed)
    }

    /// Adds a node and starts it. Its address must be its own.
    ///
    /// - Parameter register: adds capabilities of one's own; also called after a restart.
    @discardableResult
    public func add(
        _ configuration: NodeConfiguration, store: any KeyValueStore = MemoryStore(),
        register: @escaping (inout NodeCore) -> Void = { _ in }
    ) throws(NodeError) -> SimulatedNode {
        var nodeRandom = NodeRandom(seed: seed, stream: UInt64(nodes.count) + 1)
        var core = try NodeCore(configuration: configuration, store: store, random: nodeRandom.fork(), now: now)
        register(&core)
        let node = SimulatedNode(
            index: nodes.count, configuration: configuration, store: store, core: core, random: nodeRandom, now: now,
            register: register)
        nodes.append(node)
        nodeByEndpoint[node.endpoint] = node.index
        node.isRunning = true
        handle(.start, at: node)
        return node
    }

    /// Stops a node as a power cut would: peers see a closed connection, the store stays.
    public func crash(_ node: SimulatedNode) {
        for (_, connection) in node.connections.sorted(by: { $0.key < $1.key }) {
            schedule(.remoteClosed(connection.remote.connection), at: connection.remote, from: node.index)
        }
        node.connections = [:]
        node.isRunning = false
        node.scheduledDeadline = nil
        node.life += 1
    }

    /// Starts a crashed node again, on its store.
    public func restart(_ node: SimulatedNode) throws(NodeError) {
        precondition(!node.isRunning)
        node.core = try NodeCore(
            configuration: node.configuration, store: node.store, random: node.random.fork(), now: now)
        node.register(&node.core)
        node.isRunning = true
        handle(.start, at: node)
    }

    /// Lets the network run for a time.
    public func run(for duration: Duration) {
        let end = now + duration
        while let next = queue.min, next.at <= end { step() }
        now = end
    }

    /// Lets the network run until a condition holds; false where it doesn't within `limit`.
    public func run(until condition: (Simulation) -> Bool, limit: Duration) -> Bool {
        let end = now + limit
        while !condition(self) {
            guard let next = queue.min, next.at <= end else { return false }
            step()
        }
        return true
    }

    /// Feeds one input to a node, as its user would: a transaction, a peer to connect to.
    public func handle(_ input: NodeInput, at node: SimulatedNode) {
        guard node.isRunning else { return }
        node.core.handle(input, now: now)
        carryOut(of: node)
    }
}

// The loop.
extension Simulation {
    private func step() {
        guard let happening = queue.popMin() else { return }
        now = max(now, happening.at)
        let node = nodes[happening.node]
        guard node.isRunning, node.life == happening.life else { return }
        switch happening.kind {
        case .datagram(let bytes, let from):
            trace.add(now, node: node.index, kind: 1, bytes)
            handle(.datagram(bytes, from: from), at: node)
        case .connected(let id, let remote, let key): connected(id, to: remote, key: key, node)
        case .refused(let id): handle(.dialFailed(id), at: node)
        case .bytes(let id, let bytes):
            trace.add(now, node: node.index, kind: 2, bytes)
            guard let connection = node.connections[id] else { return }
            connection.machine.receive(bytes[...], now: now)
            flush(id, connection, of: node)
        case .remoteClosed(let id):
            trace.add(now, node: node.index, kind: 3)
            guard let connection = node.connections[id] else { return }
            connection.machine.remoteClosed(now: now)
            flush(id, connection, of: node)
        case .connectionDeadline(let id):
            guard let connection = node.connections[id], connection.scheduled == happening.at else { return }
            connection.scheduled = nil
            connection.machine.deadlineReached(now: now)
            flush(id, connection, of: node)
        case .nodeDeadline:
            guard node.scheduledDeadline == happening.at else { return }
            node.scheduledDeadline = nil
            handle(.deadlineReached, at: node)
        case .jobCompleted(let id, let result): handle(.jobCompleted(id, result), at: node)
        }
    }

    private func schedule(_ kind: Happening.Kind, after delay: Duration, node: Int, life: Int) {
        schedule(kind, at: now + delay, node: node, life: life)
    }

    private func schedule(_ kind: Happening.Kind, at moment: Instant, node: Int, life: Int) {
        sequence += 1
        queue.insert(Happening(at: moment, sequence: sequence, node: node, life: life, kind: kind))
    }

    private func schedule(_ kind: Happening.Kind, at remote: Remote, from node: Int) {
        schedule(kind, after: links.delay(node, remote.node, seed: seed), node: remote.node, life: remote.life)
    }

    private func carryOut(of node: SimulatedNode) {
        for effect in node.core.takeEffects() {
            switch effect {
            case .sendDatagram(let bytes, let to): sendDatagram(bytes, to: to, from: node)
            case .dial(let id, let to, let key): dial(id, to: to, key: key, from: node)
            case .send(let id, let messages):
                guard let connection = node.connections[id] else { continue }
                connection.machine.send(messages, now: now)
                flush(id, connection, of: node)
            case .disconnect(let id, let reason):
                guard let connection = node.connections[id] else { continue }
                connection.machine.disconnect(reason, now: now)
                flush(id, connection, of: node)
            case .run(let id, let job):
                schedule(.jobCompleted(id, job.work()), after: links.jobDuration, node: node.index, life: node.life)
            case .submitted: break
            case .event(let event):
                node.events.append(event)
                if node.events.count > SimulatedNode.eventLimit { node.events.removeFirst() }
            }
        }
        if let deadline = node.core.deadline, deadline < node.scheduledDeadline ?? .distantFuture {
            node.scheduledDeadline = max(deadline, now)
            schedule(.nodeDeadline, at: max(deadline, now), node: node.index, life: node.life)
        }
    }
}

// The network.
extension Simulation {
    private func sendDatagram(_ bytes: [UInt8], to: Endpoint, from node: SimulatedNode) {
        guard let target = nodeByEndpoint[to], nodes[target].isRunning else { return }
        if links.datagramLoss > 0, Double.random(in: 0..<1, using: &random) < links.datagramLoss { return }
        let from = Endpoint(ip: node.endpoint.ip, port: node.configuration.udpPort)
        schedule(
            .datagram(bytes, from: from), after: links.delay(node.index, target, seed: seed), node: target,
            life: nodes[target].life)
    }

    /// One delay until the far end has the connection, two until the dialer knows.
    private func dial(_ id: ConnectionID, to: Endpoint, key: PublicKey, from node: SimulatedNode) {
        guard let index = nodeByEndpoint[to], nodes[index].isRunning, index != node.index else {
            return schedule(.refused(id), after: links.maximumDelay, node: node.index, life: node.life)
        }
        let target = nodes[index]
        target.acceptedCount += 1
        let far = Remote(node: index, life: target.life, connection: ConnectionID(accepted: target.acceptedCount))
        let near = Remote(node: node.index, life: node.life, connection: id)
        let delay = links.delay(node.index, index, seed: seed)
        schedule(.connected(far.connection, to: near, key: nil), after: delay, node: index, life: target.life)
        schedule(.connected(id, to: far, key: key), after: delay + delay, node: node.index, life: node.life)
    }

    private func connected(_ id: ConnectionID, to remote: Remote, key: PublicKey?, _ node: SimulatedNode) {
        trace.add(now, node: node.index, kind: 4)
        let far = nodes[remote.node]
        let identity = node.configuration.key
        let connection = VirtualConnection(
            key.map {
                PeerConnection(
                    initiatorTo: $0, identity: identity, hello: node.core.localHello, random: node.random.fork(),
                    now: now)
            }
                ?? PeerConnection(
                    recipient: identity, hello: node.core.localHello, random: node.random.fork(), now: now),
            remote: remote, now: now)
        node.connections[id] = connection
        if key == nil { handle(.accepted(id, from: far.endpoint), at: node) }
        flush(id, connection, of: node)
    }

    /// Moves what a connection has to send and to tell, and what it waits for.
    private func flush(_ id: ConnectionID, _ connection: VirtualConnection, of node: SimulatedNode) {
        let bytes = connection.machine.takeBytes()
        let remote = connection.remote
        if !bytes.isEmpty {
            let transmission = Duration.nanoseconds(Int64(Double(bytes.count) / links.bytesPerSecond * 1e9))
            node.linkFree = max(node.linkFree, now) + transmission
            let arrival = max(node.linkFree + links.delay(node.index, remote.node, seed: seed), connection.lastArrival)
            connection.lastArrival = arrival
            schedule(.bytes(remote.connection, bytes), at: arrival, node: remote.node, life: remote.life)
        }
        let events = connection.machine.takeEvents(now: now)
        if connection.machine.wantsClose, node.connections[id] != nil {
            node.connections[id] = nil
            let arrival = max(now + links.delay(node.index, remote.node, seed: seed), connection.lastArrival)
            schedule(.remoteClosed(remote.connection), at: arrival, node: remote.node, life: remote.life)
        } else if let deadline = connection.machine.deadline, deadline < connection.scheduled ?? .distantFuture {
            // A timer that fires too early looks again, so a deadline that moves away costs nothing.
            connection.scheduled = max(deadline, now)
            schedule(.connectionDeadline(id), at: max(deadline, now), node: node.index, life: node.life)
        }
        let control = connection.machine.takeControlBytes()
        if control > 0 { handle(.controlSent(control), at: node) }
        guard !events.isEmpty else { return }
        handle(.connection(id, events), at: node)
        // Messages that the node was too far behind to take, or what they were answered with.
        if connection.machine.hasEvents || connection.machine.hasBytes { flush(id, connection, of: node) }
    }
}
