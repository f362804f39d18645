import DevP2P
import Gossip
import Primitives
import SansIO

/// Any policy, with compact blocks in place of whole ones: who gets a block is the policy's decision, what it looks like is
/// the same for all of them.
///
/// A block is put together by `BlockAssembly`, the machine that nodes have, with indices in place of transactions. What a
/// node was given it sends along. The policy hears of a block once it is complete.
struct CompactRelay<Spread: Relay>: Relay where Spread.Message: SpreadMessage {
    enum Message: RelayMessage {
        /// A message of the policy that has no block in it.
        case spread(Spread.Message)
        /// One that has, and what comes with the block's ids: indices of the prefilled transactions, and sums.
        case block(Spread.Message, prefilled: [UInt16], repair: RepairSize?)
        case getTransactions(requestID: UInt64, Int, TransactionIndices)
        case transactions(requestID: UInt64, [UInt16])

        func byteCount(_ load: BlockLoad) -> Int {
            switch self {
            case .spread(let message): message.byteCount(load)
            case .block(let message, let prefilled, let repair):
                message.byteCount(
                    carrying: WireSizes.compactBlock(load, prefilled: prefilled.count, repair: repair))
            case .getTransactions(_, _, let indices):
                WireSizes.rlpx(2 + WireSizes.requestID + WireSizes.hash + 3 + indices.bytes.count)
            case .transactions(_, let indices): WireSizes.rlpx(Self.responseBytes(indices.count, load))
            }
        }

        static func responseBytes(_ count: Int, _ load: BlockLoad) -> Int {
            2 * WireSizes.listHead + WireSizes.requestID + count * load.transactionBytes
        }

        var kind: RelayMessageKind {
            switch self {
            case .spread(let message), .block(let message, _, _): message.kind
            case .transactions: .part
            case .getTransactions: .request
            }
        }

        static func announcement(of block: Int) -> Self { .spread(.announcement(of: block)) }
    }

    private typealias Form = IndexForm<Spread.Message>

    /// A block that is complete here.
    private struct State {
        /// Indices of transactions that weren't in the pool and have been given: they are sent along.
        let brought: [UInt16]
        /// How many others weren't in the pool.
        let lackCount: Int
        /// Checked: it can be asked for.
        var isServed = false
    }

    private let seat: RelaySeat
    private var spread: Spread
    private var states: [Int: State] = [:]
    private var assembly: BlockAssembly<Form>
    private var demand: RepairDemand

    private var limits: BlockGossipLimits { seat.scenario.blockLimits }

    init(_ seat: RelaySeat, random: inout NodeRandom) {
        self.seat = seat
        spread = Spread(seat, random: &random)
        assembly = BlockAssembly(limits: seat.scenario.blockLimits, maxPeers: max(1, seat.peers.count))
        demand = RepairDemand(limits: seat.scenario.blockLimits)
    }

    /// A peer as the assembly knows it: by its index in the node's list.
    private static func peer(_ index: Int) -> Peer {
        Peer(
            connection: ConnectionID(rawValue: UInt64(index)), id: NodeID(), publicKey: PublicKey(), isInbound: false,
            clientID: "", endpoint: Endpoint(ip: .loopback, port: 0))
    }

    private static func index(_ peer: Peer) -> Int { Int(peer.connection.rawValue) }

    private static func hash(_ block: Int) -> Hash32 {
        var hash = Hash32()
        withUnsafeBytes(of: UInt64(block)) { number in
            hash.withUnsafeMutableBytes { $0.copyBytes(from: number) }
        }
        return hash
    }

    private static func block(_ hash: Hash32) -> Int {
        Int(hash.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
    }

    mutating func publish(_ block: Int, _ context: inout RelayContext<Message>) {
        let fresh = (0..<seat.load.freshCount).map { UInt16(truncatingIfNeeded: $0) }
        states[block] = State(brought: fresh, lackCount: 0, isServed: true)
        call(&context) { $0.publish(block, &$1) }
    }

    mutating func received(_ message: Message, from peer: Int, _ context: inout RelayContext<Message>) {
        switch message {
        case .spread(let message): call(&context) { $0.received(message, from: peer, &$1) }
        case .block(let message, let prefilled, let repair):
            guard case .block(let block) = message.kind else { return }
            received(block, in: message, prefilled, repair, from: peer, &context)
        case .getTransactions(let id, let block, let indices):
            let given = states[block]?.isServed == true ? indices.indices.map { UInt16(truncatingIfNeeded: $0) } : []
            context.send(.transactions(requestID: id, given), to: peer)
        case .transactions(let id, let indices):
            assembly.receivedTransactions(
                id, count: indices.count, bytes: Message.responseBytes(indices.count, seat.load),
                from: Self.peer(peer), now: context.now
            ) { () throws(WireError) in indices }
            carryOut(&context)
        }
    }

    private mutating func received(
        _ block: Int, in message: Spread.Message, _ prefilled: [UInt16], _ repair: RepairSize?, from peer: Int,
        _ context: inout RelayContext<Message>
    ) {
        guard states[block] == nil else { return call(&context) { $0.received(message, from: peer, &$1) } }
        call(&context) { $0.arriving(block, from: peer, &$1) }
        let form = Form(
            message, from: Self.peer(peer), prefilled: prefilled, repair: repair, load: seat.load,
            luck: context.random.next())
        let hash = Self.hash(block)
        guard assembly.takes(bytes: form.byteCount, of: hash, from: form.sender) else { return }
        assembly.add(form, of: hash, number: UInt64(block))
        assembly.match(hash, seat.load.missing(block, at: seat.index), now: context.now)
        carryOut(&context)
    }

    /// Does what the assembly wants.
    private mutating func carryOut(_ context: inout RelayContext<Message>) {
        for action in assembly.takeActions() {
            switch action {
            case .getTransactions(let id, let hash, let indices, let peer):
                context.send(.getTransactions(requestID: id, Self.block(hash), indices), to: Self.index(peer))
            case .complete(let partial, let index): complete(partial, index, &context)
            // Nobody lies here, and nobody keeps scores.
            case .getBlock, .report, .credit: break
            }
        }
    }

    private mutating func complete(
        _ partial: PartialBlock<Form>, _ index: Int, _ context: inout RelayContext<Message>
    ) {
        let form = partial.forms[index]
        // As the node counts it: by the first form.
        let lackCount = partial.forms.first { $0.state != .new }?.lackCount ?? form.lackCount
        states[Self.block(partial.hash)] = State(brought: form.brought.sorted(), lackCount: lackCount)
        for sender in partial.senders(first: index) {
            guard let form = partial.forms.first(where: { $0.sender == sender }) else { continue }
            call(&context) { $0.received(form.message, from: Self.index(sender), &$1) }
        }
    }

    mutating func validated(_ block: Int, _ context: inout RelayContext<Message>) {
        if let state = states[block] {
            states[block]?.isServed = true
            demand.note(
                RepairSize(transactions: state.lackCount, parts: state.lackCount * seat.load.partsPerTransaction))
        }
        call(&context) { $0.validated(block, &$1) }
    }

    mutating func executed(_ block: Int, _ context: inout RelayContext<Message>) {
        call(&context) { $0.executed(block, &$1) }
    }

    var deadline: Instant? {
        mutating get { [spread.deadline, assembly.deadline].compactMap { $0 }.min() }
    }

    mutating func deadlineReached(_ context: inout RelayContext<Message>) {
        assembly.deadlineReached(now: context.now)
        carryOut(&context)
        guard let due = spread.deadline, due <= context.now else { return }
        call(&context) { $0.deadlineReached(&$1) }
    }

    // MARK: Between the policy and the wire

    private mutating func call(
        _ context: inout RelayContext<Message>, _ body: (inout Spread, inout RelayContext<Spread.Message>) -> Void
    ) {
        var inner = RelayContext<Spread.Message>(now: context.now, random: context.random)
        body(&spread, &inner)
        context.random = inner.random
        for action in inner.actions {
            switch action {
            case .send(let message, let peer):
                if let form = form(of: message) { context.send(form, to: peer) }
            case .complete(let block): context.complete(block)
            }
        }
    }

    /// A block goes as a compact one, if it is complete; everything else as the policy says.
    private func form(of message: Spread.Message) -> Message? {
        guard case .block(let block) = message.kind else { return .spread(message) }
        guard let state = states[block] else { return nil }
        let prefilled = Array(
            state.brought.prefix(limits.maxPrefilledBytes / max(1, seat.load.transactionBytes)))
        let named = seat.load.transactionCount - prefilled.count
        return .block(
            message, prefilled: prefilled,
            repair: demand.size(transactions: named, parts: named * seat.load.partsPerTransaction))
    }
}
