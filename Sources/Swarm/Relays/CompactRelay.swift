import Gossip
import SansIO

/// Any policy, with compact blocks in place of whole ones: who gets a block is the policy's decision, what it looks like is
/// the same for all of them.
///
/// A block is put together as `BlockGossip` does it, with counts in place of transactions: what a node lacks and can't work
/// out from the repair sums it asks of whom the block came from, after a short time also of others that have sent it; what it
/// was given it sends along. The policy hears of a block once it is complete.
struct CompactRelay<Spread: Relay>: Relay where Spread.Message: SpreadMessage {
    enum Message: RelayMessage {
        /// A message of the policy that has no block in it.
        case spread(Spread.Message)
        /// One that has, and what comes with the block's ids: indices of the prefilled transactions, and sums.
        case block(Spread.Message, prefilled: [UInt16], repair: RepairSize?)
        case getTransactions(Int, Int)
        case transactions(Int, Int)

        func byteCount(_ load: BlockLoad) -> Int {
            switch self {
            case .spread(let message): message.byteCount(load)
            case .block(let message, let prefilled, let repair):
                message.byteCount(
                    carrying: WireSizes.compactBlock(load, prefilled: prefilled.count, repair: repair))
            case .getTransactions(_, let count):
                WireSizes.rlpx(2 + WireSizes.requestID + WireSizes.hash + 3 + 2 * count)
            case .transactions(_, let count):
                WireSizes.rlpx(2 * WireSizes.listHead + WireSizes.requestID + count * load.transactionBytes)
            }
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

    private struct State {
        /// Indices of transactions that are still to come.
        var missing: [UInt16] = []
        /// Indices of those that weren't in the pool and have been given: they are sent along.
        var brought: [UInt16] = []
        /// How many others weren't in the pool.
        var lackCount = 0
        /// What has brought the block, the first one first, and how many of the senders were asked for what is missing.
        var forms: [(message: Spread.Message, peer: Int)] = []
        var askedCount = 0
        /// When the last of them was asked.
        var lastAsked: Instant?
        var isComplete = false
        /// Checked: it can be asked for.
        var isServed = false
    }

    private let seat: RelaySeat
    private var spread: Spread
    private var states: [Int: State] = [:]
    private var demand: RepairDemand
    /// Until when the answer to a request for transactions may take.
    private var requests = DeadlineHeap<Int>()

    private var limits: BlockGossipLimits { seat.scenario.blockLimits }

    init(_ seat: RelaySeat, random: inout NodeRandom) {
        self.seat = seat
        spread = Spread(seat, random: &random)
        demand = RepairDemand(limits: seat.scenario.blockLimits)
    }

    mutating func publish(_ block: Int, _ context: inout RelayContext<Message>) {
        let fresh = (0..<seat.load.freshCount).map { UInt16(truncatingIfNeeded: $0) }
        states[block] = State(brought: fresh, isComplete: true, isServed: true)
        call(&context) { $0.publish(block, &$1) }
    }

    mutating func received(_ message: Message, from peer: Int, _ context: inout RelayContext<Message>) {
        switch message {
        case .spread(let message): call(&context) { $0.received(message, from: peer, &$1) }
        case .block(let message, let prefilled, let repair):
            guard case .block(let block) = message.kind else { return }
            received(block, in: message, prefilled, repair, from: peer, &context)
        case .getTransactions(let block, let count):
            context.send(.transactions(block, states[block]?.isServed == true ? count : 0), to: peer)
        case .transactions(let block, let count): receivedTransactions(block, count, from: peer, &context)
        }
    }

    private mutating func received(
        _ block: Int, in message: Spread.Message, _ prefilled: [UInt16], _ repair: RepairSize?, from peer: Int,
        _ context: inout RelayContext<Message>
    ) {
        if states[block]?.isComplete != true { call(&context) { $0.arriving(block, from: peer, &$1) } }
        guard let state = states[block] else {
            let lacking = seat.load.missing(block, at: seat.index)
            let given = Set(prefilled)
            let missing = lacking.filter { !given.contains($0) }
            states[block] = State(
                missing: isRepaired(missing, by: repair, &context.random) ? [] : missing,
                brought: lacking.filter { given.contains($0) }, lackCount: missing.count, forms: [(message, peer)])
            return proceed(block, &context)
        }
        guard !state.isComplete else { return call(&context) { $0.received(message, from: peer, &$1) } }
        states[block]?.forms.append((message, peer))
        if isRepaired(state.missing, by: repair, &context.random) {
            requests.set(block, to: nil)
            states[block]?.missing = []
            proceed(block, &context)
        } else if let last = state.lastAsked, last + limits.nextAskDelay <= context.now {
            proceed(block, &context)
        }
    }

    /// Whether these transactions can be worked out: with e sums more than needed it fails with probability 2^-e.
    private func isRepaired(_ missing: [UInt16], by repair: RepairSize?, _ random: inout NodeRandom) -> Bool {
        guard let repair, !missing.isEmpty else { return false }
        let spare = repair.spare(
            lacking: missing.map(Int.init), of: seat.load.transactionCount, partsEach: seat.load.partsPerTransaction)
        return spare > 0 && random.next().trailingZeroBitCount < spare
    }

    /// The block is complete, or the next one who may have the rest is asked.
    private mutating func proceed(_ block: Int, _ context: inout RelayContext<Message>) {
        guard let state = states[block], !state.isComplete else { return }
        if state.missing.isEmpty {
            states[block]?.isComplete = true
            states[block]?.forms = []
            for (message, peer) in state.forms { call(&context) { $0.received(message, from: peer, &$1) } }
        } else if state.askedCount < state.forms.count {
            context.send(.getTransactions(block, state.missing.count), to: state.forms[state.askedCount].peer)
            states[block]?.askedCount += 1
            states[block]?.lastAsked = context.now
            requests.set(block, to: context.now + limits.nextAskDelay)
        } else if let end = state.lastAsked.map({ $0 + limits.transactionsTimeout }), context.now < end {
            requests.set(block, to: end)
        } else {
            // Nobody is left: it may come again from somebody else.
            states[block] = nil
        }
    }

    private mutating func receivedTransactions(
        _ block: Int, _ count: Int, from peer: Int, _ context: inout RelayContext<Message>
    ) {
        guard let state = states[block], !state.isComplete,
            state.forms.prefix(state.askedCount).contains(where: { $0.peer == peer })
        else { return }
        requests.set(block, to: nil)
        if count > 0 {
            states[block]?.brought = (state.brought + state.missing).sorted()
            states[block]?.missing = []
        }
        proceed(block, &context)
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
        mutating get { [spread.deadline, requests.next].compactMap { $0 }.min() }
    }

    mutating func deadlineReached(_ context: inout RelayContext<Message>) {
        while let block = requests.popDue(context.now) { proceed(block, &context) }
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
        guard let state = states[block], state.isComplete else { return nil }
        let prefilled = Array(
            state.brought.prefix(limits.maxPrefilledBytes / max(1, seat.load.transactionBytes)))
        let named = seat.load.transactionCount - prefilled.count
        return .block(
            message, prefilled: prefilled,
            repair: demand.size(transactions: named, parts: named * seat.load.partsPerTransaction))
    }
}
