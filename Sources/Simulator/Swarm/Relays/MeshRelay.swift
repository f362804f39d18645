import DevP2P
import Gossip
import Primitives
import SansIO

/// The mesh of this house, the real `TopicMesh`, with compact blocks as its messages.
///
/// What a compact block needs around the mesh is done as `TopicGossip` does it, with counts in place of transactions: what
/// a node lacks and can't work out it asks of whom the block came from, then of the others that have sent it; what it was
/// given it sends along.
struct MeshRelay: Relay {
    private struct State {
        /// Places of transactions that are still to come.
        var missing: [UInt16]
        /// Places of those that weren't in the pool and were given to it, as far as they have come: they are sent along.
        var brought: [UInt16]
        /// How many others weren't in the pool.
        var lackCount = 0
        /// Who has sent it, the first one first, and how many of them were asked for what is missing.
        var senders: [Int]
        var askedCount = 0
        /// Who has asked for transactions that aren't here yet, and for how many.
        var waiting: [(peer: Int, count: Int)] = []
        var isPulled = false
        var isComplete = false
        var isPushed = false
    }

    private static let topic = 0

    private let seat: RelaySeat
    /// Whether compact blocks go on before they are complete.
    private var isEager: Bool { seat.scenario.relaysIncomplete }
    private var limits: BlockGossipLimits { seat.scenario.blockLimits }
    private var mesh: TopicMesh
    private var states: [Int: State] = [:]
    private var demand: RepairDemand
    /// Until when the answer to a request for transactions may take.
    private var requests = DeadlineHeap<Int>()
    private var hasStarted = false

    init(_ seat: RelaySeat, random: inout NodeRandom) {
        self.seat = seat
        mesh = TopicMesh(limits: seat.scenario.topicLimits)
        demand = RepairDemand(limits: seat.scenario.blockLimits)
        mesh.join(Self.topic)
        for (place, edge) in seat.peers.enumerated() {
            mesh.peerJoined(
                Self.connection(place), identity: UInt64(edge.target), isOutbound: edge.isOutbound, now: seat.now,
                random: &random)
        }
    }

    private static func connection(_ place: Int) -> ConnectionID { ConnectionID(rawValue: UInt64(place)) }
    private static func place(_ connection: ConnectionID) -> Int { Int(connection.rawValue) }
    private static func id(_ block: Int) -> TopicMessageID { TopicMessageID(0, UInt64(block)) }
    private static func block(_ id: TopicMessageID) -> Int {
        Int(id.withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) })
    }

    // MARK: Blocks

    mutating func publish(_ block: Int, _ context: inout RelayContext<Message>) {
        let fresh = (0..<seat.load.freshCount).map { UInt16(truncatingIfNeeded: $0) }
        states[block] = State(missing: [], brought: fresh, senders: [], isComplete: true, isPushed: true)
        mesh.publish(Self.id(block), bytes: bytes(block), topic: Self.topic, now: context.now)
        carryOut(&context)
    }

    mutating func received(_ message: Message, from peer: Int, _ context: inout RelayContext<Message>) {
        let connection = Self.connection(peer)
        switch message {
        case .subscribe: mesh.peerSubscribed(connection, to: Self.topic, now: context.now)
        case .graft: mesh.receivedGraft(Self.topic, from: connection, now: context.now, random: &context.random)
        case .prune(let backoff, _):
            _ = mesh.receivedPrune(Self.topic, backoff: backoff, from: connection, now: context.now)
        case .have(let blocks):
            mesh.receivedHave(blocks.map(Self.id), topic: Self.topic, from: connection, now: context.now)
        case .want(let blocks): mesh.receivedWant(blocks.map(Self.id), from: connection)
        case .dontWant(let block): mesh.receivedDontWant([Self.id(block)], from: connection)
        case .compact(let block, let prefilled, let repair):
            receivedCompact(block, prefilled, repair, from: peer, &context)
        case .getTransactions(let block, let count):
            if isEager, states[block]?.isComplete == false {
                states[block]?.waiting.append((peer, count))
            } else {
                let isHere = states[block].map { $0.isPushed || isEager } ?? false
                context.send(.transactions(block, isHere ? count : 0), to: peer)
            }
        case .transactions(let block, let count): receivedTransactions(block, count, from: peer, &context)
        }
        carryOut(&context)
    }

    private mutating func receivedCompact(
        _ block: Int, _ prefilled: [UInt16], _ repair: RepairSize?, from peer: Int,
        _ context: inout RelayContext<Message>
    ) {
        let connection = Self.connection(peer)
        guard mesh.listens(to: connection) else { return }
        if let state = states[block] {
            if state.isComplete || isEager {
                _ = mesh.received(
                    Self.id(block), bytes: 0, topic: Self.topic, from: connection, now: context.now)
            } else {
                _ = mesh.arrived(Self.id(block), from: connection)
            }
            if !state.isComplete {
                states[block]?.senders.append(peer)
                if isRepaired(state.missing.count, by: repair, &context.random) {
                    requests.set(block, to: nil)
                    states[block]?.missing = []
                    proceed(block, &context)
                }
            }
            return
        }
        let isPulled = mesh.arrived(Self.id(block), from: connection)
        let lacking = seat.load.missing(block, at: seat.index)
        let given = Set(prefilled)
        let missing = lacking.filter { !given.contains($0) }
        states[block] = State(
            missing: isRepaired(missing.count, by: repair, &context.random) ? [] : missing,
            brought: lacking.filter { given.contains($0) }, lackCount: missing.count, senders: [peer],
            isPulled: isPulled)
        if isEager { pass(block, &context) }
        proceed(block, &context)
    }

    /// Whether so many transactions can be worked out: from e sums more than needed, but for a chance of 2^-e.
    private func isRepaired(_ count: Int, by repair: RepairSize?, _ random: inout NodeRandom) -> Bool {
        guard let repair, count > 0 else { return false }
        let spare = min(repair.transactions - count, repair.parts - count * seat.load.partsPerTransaction)
        return spare > 0 && random.next().trailingZeroBitCount < spare
    }

    /// The block is complete, or the next one who may have the rest is asked.
    private mutating func proceed(_ block: Int, _ context: inout RelayContext<Message>) {
        guard var state = states[block], !state.isComplete else { return }
        if state.missing.isEmpty {
            state.isComplete = true
            states[block] = state
            if !isEager { enter(block, context.now) }
            for (peer, count) in state.waiting { context.send(.transactions(block, count), to: peer) }
            states[block]?.waiting = []
            context.complete(block)
        } else if state.askedCount < state.senders.count {
            context.send(.getTransactions(block, state.missing.count), to: state.senders[state.askedCount])
            states[block]?.askedCount += 1
            requests.set(block, to: context.now + limits.transactionsTimeout)
        } else {
            // Nobody is left: it may come again from somebody else.
            states[block] = nil
        }
    }

    /// Tells the mesh that the block is here, and who has sent it.
    private mutating func enter(_ block: Int, _ now: Instant) {
        guard let state = states[block] else { return }
        for (index, sender) in state.senders.enumerated() {
            _ = mesh.received(
                Self.id(block), bytes: bytes(block), topic: Self.topic, from: Self.connection(sender),
                isPulled: state.isPulled && index == 0, refuses: false, now: now)
        }
    }

    private mutating func pass(_ block: Int, _ context: inout RelayContext<Message>) {
        enter(block, context.now)
        relay(block, &context)
    }

    private mutating func relay(_ block: Int, _ context: inout RelayContext<Message>) {
        mesh.relay(
            Self.id(block), bytes: bytes(block), topic: Self.topic, isAnnounced: false, now: context.now)
    }

    private mutating func receivedTransactions(
        _ block: Int, _ count: Int, from peer: Int, _ context: inout RelayContext<Message>
    ) {
        guard let state = states[block], requests[block] != nil, state.askedCount > 0,
            state.senders[state.askedCount - 1] == peer
        else { return }
        requests.set(block, to: nil)
        if count > 0 {
            states[block]?.brought = (state.brought + state.missing).sorted()
            states[block]?.missing = []
        }
        proceed(block, &context)
    }

    mutating func validated(_ block: Int, _ context: inout RelayContext<Message>) {
        states[block]?.isPushed = true
        note(block)
        if !isEager { relay(block, &context) }
        carryOut(&context)
    }

    private mutating func note(_ block: Int) {
        guard let state = states[block] else { return }
        demand.note(
            RepairSize(transactions: state.lackCount, parts: state.lackCount * seat.load.partsPerTransaction))
    }

    mutating func executed(_ block: Int, _ context: inout RelayContext<Message>) {
        mesh.announce(Self.id(block))
        carryOut(&context)
    }

    // MARK: Time

    var deadline: Instant? {
        mutating get { hasStarted ? [mesh.deadline, requests.next].compactMap { $0 }.min() : seat.now }
    }

    mutating func deadlineReached(_ context: inout RelayContext<Message>) {
        if !hasStarted {
            hasStarted = true
            context.send(.subscribe, to: seat.peers.indices)
        }
        while let block = requests.popDue(context.now) { proceed(block, &context) }
        mesh.deadlineReached(now: context.now, random: &context.random)
        carryOut(&context)
    }

    // MARK: What the mesh wants

    private mutating func carryOut(_ context: inout RelayContext<Message>) {
        guard !mesh.actions.isEmpty else { return }
        for action in mesh.takeActions() {
            switch action {
            case .graft(_, let peer): context.send(.graft, to: Self.place(peer))
            case .prune(_, let peer, let backoff, let instead):
                context.send(.prune(backoff, contacts: instead.count), to: Self.place(peer))
            case .have(_, let ids, let peer): context.send(.have(ids.map(Self.block)), to: Self.place(peer))
            case .want(let ids, let peer): context.send(.want(ids.map(Self.block)), to: Self.place(peer))
            case .dontWant(let id, let peers):
                context.send(.dontWant(Self.block(id)), to: peers.map(Self.place))
            case .send(let id, let peers):
                let block = Self.block(id)
                guard let state = states[block], state.isComplete || isEager else { continue }
                context.send(compact(block, state), to: peers.map(Self.place))
            case .forget, .offence: break
            }
        }
    }

    /// As many of the transactions that this node lacked as a compact block may carry.
    private func prefilled(_ state: State) -> [UInt16] {
        Array(state.brought.prefix(limits.maxPrefilledBytes / max(1, seat.load.transactionBytes)))
    }

    private func compact(_ block: Int, _ state: State) -> Message {
        let prefilled = prefilled(state)
        let named = seat.load.transactionCount - prefilled.count
        return .compact(
            block, prefilled: prefilled,
            repair: demand.size(transactions: named, parts: named * seat.load.partsPerTransaction))
    }

    private func bytes(_ block: Int) -> Int {
        guard let state = states[block] else { return 0 }
        return compact(block, state).byteCount(seat.load)
    }
}
