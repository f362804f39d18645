import Links
import SansIO

/// Many nodes that are nothing but their policy for passing blocks on: no sessions, no chain, no encryption. What a
/// message carries is a number, its size is modelled, and links, distances and queues are those of the whole nodes' `Simulation`.
///
/// The same seed gives the same run.
struct RelaySwarm<Node: Relay> {
    enum Event {
        /// At the far access link, or through it.
        case message(Node.Message, from: Int32, edge: PeerGraph.Edge, isThrough: Bool)
        case publish(Int)
        case validated(Int, node: Int32)
        case executed(Int, node: Int32)
        case deadline(node: Int32)
    }

    let scenario: PropagationScenario
    let graph: PeerGraph
    private(set) var now = Instant(nanoseconds: 0)
    private(set) var nodes: [Node] = []
    private(set) var record: ArrivalRecord
    /// Who is not what it seems; see `Adversary`.
    var adversary: Adversary?
    private(set) var eventCount = 0

    private var network: VirtualNetwork
    private var queue = EventQueue<Event>()
    private var context: RelayContext<Node.Message>
    /// When the last message on the way to a peer arrives: a connection keeps the order.
    private var lastArrival: [[Instant]]
    private var deadlines: [Instant]
    /// Who makes each block.
    let publishers: [Int]
    private let load: BlockLoad

    init(_ scenario: PropagationScenario, form: BlockForm, graph: PeerGraph, publishers: [Int]) {
        self.scenario = scenario
        self.graph = graph
        self.publishers = publishers
        load = scenario.load
        record = ArrivalRecord(nodes: graph.count, blocks: publishers.count)
        network = VirtualNetwork(scenario.links, seed: scenario.seed)
        context = RelayContext(now: now, random: NodeRandom(seed: scenario.seed, stream: 0x7377_6172_6d))
        lastArrival = graph.peers.map { [Instant](repeating: Instant(nanoseconds: 0), count: $0.count) }
        deadlines = [Instant](repeating: .distantFuture, count: graph.count)
        nodes.reserveCapacity(graph.count)
        for index in 0..<graph.count {
            network.add(now: now)
            let seat = RelaySeat(
                index: index, form: form, peers: graph.peers[index], scenario: scenario, load: load, now: now)
            nodes.append(Node(seat, random: &context.random))
            schedule(index)
        }
        for block in publishers.indices { queue.insert(.publish(block), at: scenario.moment(of: block)) }
    }

    /// Runs to the end of the scenario.
    mutating func run() {
        let end = scenario.moment(of: publishers.count)
        while let next = queue.nextMoment, next <= end, let (at, event) = queue.next() {
            now = at
            eventCount += 1
            handle(event)
        }
        now = end
    }

    private mutating func handle(_ event: Event) {
        context.now = now
        switch event {
        case .message(let message, let from, let edge, let isThrough):
            arrive(message, from, edge, isThrough)
        case .publish(let block):
            let node = publishers[block]
            record.arrived(block, at: node, now)
            nodes[node].publish(block, &context)
            carryOut(node)
        case .validated(let block, let node):
            nodes[Int(node)].validated(block, &context)
            carryOut(Int(node))
        case .executed(let block, let node):
            nodes[Int(node)].executed(block, &context)
            carryOut(Int(node))
        case .deadline(let node):
            // An earlier one may have taken its place.
            guard deadlines[Int(node)] == now else { return }
            deadlines[Int(node)] = .distantFuture
            nodes[Int(node)].deadlineReached(&context)
            carryOut(Int(node))
        }
    }

    private mutating func arrive(_ message: Node.Message, _ from: Int32, _ edge: PeerGraph.Edge, _ isThrough: Bool) {
        let node = Int(edge.target)
        if !isThrough,
            case .later(let moment) = network.receive(
                message.byteCount(load), at: node, isDatagram: false, now: now)
        {
            return queue.insert(.message(message, from: from, edge: edge, isThrough: true), at: moment)
        }
        if case .block(let block) = message.kind { record.copyArrived(block, at: node) }
        adversaryHears(message, at: node)
        nodes[node].received(message, from: Int(edge.back), &context)
        carryOut(node)
    }

    private mutating func carryOut(_ node: Int) {
        for action in context.actions {
            switch action {
            case .send(let message, let peer): send(message, from: node, to: peer)
            case .complete(let block):
                record.arrived(block, at: node, now)
                queue.insert(.validated(block, node: Int32(node)), at: now + scenario.validation)
                queue.insert(.executed(block, node: Int32(node)), at: now + scenario.validation + scenario.execution)
            }
        }
        context.removeActions()
        schedule(node)
    }

    private mutating func send(_ message: Node.Message, from node: Int, to peer: Int) {
        if let adversary, adversary.suppresses(message.kind, of: node, now) { return }
        let edge = graph.peers[node][peer]
        let bytes = message.byteCount(load)
        var arrival = network.sendStream(bytes, from: node, to: Int(edge.target), now: now)
        if scenario.slowStart { arrival = arrival + slowStart(bytes, node, Int(edge.target)) }
        arrival = max(arrival, lastArrival[node][peer])
        lastArrival[node][peer] = arrival
        if now >= scenario.moment(of: 0) { record.sent(bytes, by: node) }
        queue.insert(.message(message, from: Int32(node), edge: edge, isThrough: false), at: arrival)
    }

    /// What a connection that was idle loses until its window has opened: a round trip for each doubling (RFC 6928).
    private func slowStart(_ bytes: Int, _ from: Int, _ to: Int) -> Duration {
        var waited = Duration.zero
        var (sent, window) = (VirtualNetwork.initialWindow, VirtualNetwork.initialWindow)
        while sent < bytes {
            window *= 2
            sent += window
            waited += network.distance(from, to) + network.distance(from, to)
        }
        return waited
    }

    private mutating func schedule(_ node: Int) {
        guard let deadline = nodes[node].deadline, deadline < deadlines[node] else { return }
        let moment = max(deadline, now)
        deadlines[node] = moment
        queue.insert(.deadline(node: Int32(node)), at: moment)
    }

    /// A false announcer tells everybody of a block as soon as it has heard of one, before anybody else can.
    private mutating func adversaryHears(_ message: Node.Message, at node: Int) {
        guard case .block(let block) = message.kind, adversary?.announces(block, at: node, now) == true else { return }
        for peer in graph.peers[node].indices { send(.announcement(of: block), from: node, to: peer) }
    }
}
