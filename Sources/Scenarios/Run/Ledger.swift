import Chain
import Execution
import Primitives
import SansIO
import Storage
import Synchronization

/// What has reached whom, and when.
final class Ledger: Sendable {
    struct Item {
        let sent: Instant
        var seen: [UInt64]
        var arrivals: [(node: UInt32, delay: Float)] = []

        init(sent: Instant, nodes: Int) {
            self.sent = sent
            seen = [UInt64](repeating: 0, count: (nodes + 63) / 64)
        }

        /// Notes the first time only.
        mutating func note(_ node: Int, _ now: Instant) -> Bool {
            let bit = UInt64(1) << UInt64(node & 63)
            guard seen[node >> 6] & bit == 0 else { return false }
            seen[node >> 6] |= bit
            arrivals.append((UInt32(node), Float((now - sent).inSeconds)))
            return true
        }
    }

    private struct State {
        var now: Instant
        var order: [Hash32] = []
        var items: [Hash32: Item] = [:]
        /// Bodies of transactions that each node has got by itself, whatever the way.
        var first: [UInt64]
    }

    private let state: Mutex<State>
    private let nodes: Int

    init(nodes: Int, now: Instant) {
        self.nodes = nodes
        state = Mutex(State(now: now, first: [UInt64](repeating: 0, count: nodes)))
    }

    func setNow(_ now: Instant) { state.withLock { $0.now = now } }

    /// A transaction or block that begins its way now.
    func begin(_ hash: Hash32) {
        state.withLock { state in
            guard state.items[hash] == nil else { return }
            state.order.append(hash)
            state.items[hash] = Item(sent: state.now, nodes: nodes)
        }
    }

    func arrived(_ hash: Hash32, at node: Int) {
        state.withLock { state in
            if state.items[hash]?.note(node, state.now) == true { state.first[node] &+= 1 }
        }
    }

    /// In the order in which they began.
    var items: [(hash: Hash32, item: Item)] {
        state.withLock { state in state.order.compactMap { hash in state.items[hash].map { (hash, $0) } } }
    }

    /// How many different ones have reached a node.
    func distinct(at node: Int) -> UInt64 { state.withLock { $0.first[node] } }
}

/// Executes as another executor does, and tells the ledger which transactions a node has seen.
struct ObservedExecutor: BlockExecutor {
    let executor: any BlockExecutor
    let ledger: Ledger
    let node: Int

    func apply(
        _ transaction: RecoveredTransaction, on state: inout WorldState, in context: BlockContext, gasUsed: UInt64,
        config: ChainConfig
    ) throws(ExecutionError) -> Receipt {
        ledger.arrived(transaction.transaction.hash, at: node)
        return try executor.apply(transaction, on: &state, in: context, gasUsed: gasUsed, config: config)
    }

    func check(
        _ transaction: RecoveredTransaction, on state: inout WorldState, in context: BlockContext, config: ChainConfig
    ) throws(ExecutionError) {
        ledger.arrived(transaction.transaction.hash, at: node)
        try executor.check(transaction, on: &state, in: context, config: config)
    }
}
