import Chain
import Consensus
import EthCrypto
import EthNode
import Execution
import Gossip
import KeyValue
import NodeCore
import NodeNIO
import NodeRPC
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Storage
import Synchronization
import Testing

/// A node without a network: a real chain, executor and pool, sealed by hand.
final class TestNode: NodeAccess {
    let profile: NodeProfile
    let chain: ChainStore
    let genesis: Genesis
    private let engine: CliqueEngine
    private let state: Mutex<State>

    struct State: Sendable {
        var pool: TransactionPool
        var now: Instant
        var random = NodeRandom(seed: 1)
        var arrivals: [ArrivedBlock] = []
        var peers: [PeerDescription] = []
        var decisions: [PeerDecision] = []
        var bans: [PeerBan] = []
        var sources: [PeerSource] = []
        var chainActivity = ChainActivity()
        var added: [NodeReference] = []
        var removed: [NodeID] = []
        var sync: SyncProgress?
        var udpPort: UInt16 = 30304
        var capabilities: [CapabilityStatus] = []
        var bandwidth = NodeBandwidth()
        var decisionCounts: [DecisionCount] = []
    }

    static let key = DevAccounts.nodeKey(0)

    /// - Parameter change: what differs from the devnet's genesis.
    init(store: any KeyValueStore = MemoryStore(), _ change: (inout Genesis) -> Void = { _ in }) throws {
        var genesis = Genesis.devnet(timestamp: 1_700_000_000)
        change(&genesis)
        self.genesis = genesis
        chain = ChainStore(store)
        let first = try GenesisState.commit(genesis, into: chain)
        engine = try #require(CliqueEngine(chainConfig: genesis.config))
        let start = Instant(unixSeconds: genesis.timestamp)
        profile = NodeProfile(
            clientID: "starling/test", config: genesis.config, networkID: 4242, genesisHash: first.hash,
            executor: TransferExecutor(), isSealing: true, startedAt: start)
        let head = PoolHead(after: first.header, config: genesis.config, nextTime: genesis.timestamp + 2)
        state = Mutex(State(pool: TransactionPool(head: head), now: start))
    }

    /// Seals a block of what is in the pool, and imports it.
    @discardableResult
    func seal() throws -> ChainHead {
        try state.withLock { state in
            let head = try #require(try chain.head())
            let key = DevAccounts.signerKey(0)
            state.now = Instant(unixSeconds: head.timestamp + 2)
            let plan = try #require(
                try engine.plan(
                    after: head, chain: chain, signer: key.publicKey.address, vanity: [], now: state.now,
                    random: &state.random))
            let builder = BlockBuilder(
                chain: chain, config: genesis.config, engine: engine, executor: TransferExecutor())
            let best = state.pool.best(baseFee: state.pool.head.baseFee).map {
                RecoveredTransaction($0.transaction, sender: $0.sender)
            }
            let built = try builder.build(on: head, transactions: best, plan: plan, key: key)
            let importer = ChainImporter(
                chain: chain, config: genesis.config, engine: engine, executor: TransferExecutor())
            let outcome = importer.importBlocks([built.block], now: state.now)
            #expect(outcome.failure == nil)
            let newHead = try #require(outcome.newHead)
            // A new pool with what is left: how the pool follows the chain is its own test's business.
            let left = state.pool.senders.flatMap { sender in
                let all = state.pool.transactions(of: sender)
                return (all.ready + all.queued).filter { !built.block.transactions.contains($0.transaction) }
            }
            let time = newHead.timestamp + 2
            state.pool = TransactionPool(
                head: PoolHead(after: newHead.header, config: genesis.config, nextTime: time))
            for transaction in left { try add(transaction.transaction, &state) }
            state.arrivals.append(
                ArrivedBlock(
                    number: newHead.number, hash: newHead.hash, at: state.now + .microseconds(1_234_567),
                    sealedHere: true))
            return newHead
        }
    }

    private func add(_ transaction: Transaction, _ state: inout State) throws {
        try state.pool.check(transaction)
        let sender = try transaction.sender()
        let head = try #require(try chain.head())
        var world = WorldState(root: head.stateRoot, chain: chain)
        let recovered = RecoveredTransaction(transaction, sender: sender)
        do throws(ExecutionError) {
            try TransferExecutor().check(
                recovered, on: &world, in: BlockContext(head.header, author: .zero), config: genesis.config)
        } catch .nonceTooLow, .insufficientFunds {
            // The pool has its own words for these.
        } catch {
            throw PoolError.notExecutable(error)
        }
        let account = try world.account(sender) ?? Account()
        _ = try state.pool.add(
            PoolCandidate(
                transaction: transaction, sender: sender,
                account: PoolAccount(nonce: account.nonce, balance: account.balance)), now: state.now)
    }

    /// Changes what the node is asked for.
    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

    func look<Value: Sendable>(_ body: (State) -> Value) -> Value { state.withLock { body($0) } }

    // MARK: NodeAccess

    func identity() async -> NodeIdentity {
        NodeIdentity(
            contact: NodeContact(
                publicKey: Self.key.publicKey, ip: .loopback, udpPort: look { $0.udpPort }, tcpPort: 30303),
            record: "enr:-test", listenAddress: Endpoint(ip: .unspecified, port: 30303))
    }

    func activity() async -> NodeActivity {
        look { state in
            NodeActivity(
                peerCount: state.peers.count, pendingCount: state.pool.readyCount,
                queuedCount: state.pool.queuedCount, sync: state.sync)
        }
    }

    func peers() async -> [PeerDescription] { look { $0.peers } }

    func peerSources() async -> [PeerSource] { look { $0.sources } }

    func chainActivity() async -> ChainActivity { look { $0.chainActivity } }

    func peerBans() async -> [PeerBan] { look { $0.bans } }

    func peerDecisions(limit: Int) async -> [PeerDecision] { look { Array($0.decisions.suffix(limit)) } }

    func capabilities() async -> [CapabilityStatus] { look { $0.capabilities } }

    func bandwidth() async -> NodeBandwidth { look { $0.bandwidth } }

    func decisionCounts() async -> [DecisionCount] { look { $0.decisionCounts } }

    func submit(_ transaction: Transaction) async throws(RPCError) -> Hash32 {
        let failure: String? = state.withLock { state in
            do {
                try add(transaction, &state)
                return nil
            } catch {
                return "\(error)"
            }
        }
        if let failure { throw RPCError(code: -32000, message: failure) }
        return transaction.hash
    }

    func pooledTransaction(_ hash: Hash32) async -> Transaction? { look { $0.pool[hash]?.transaction } }

    func nextNonce(of address: Address) async -> UInt64? { look { $0.pool.nextNonce(of: address) } }

    func pool(limit: Int) async -> PoolContent {
        look { state in
            var content = PoolContent(pending: [], queued: [])
            for sender in state.pool.senders {
                let (ready, queued) = state.pool.transactions(of: sender)
                if !ready.isEmpty {
                    content.pending.append(.init(sender: sender, transactions: ready.map(\.transaction)))
                }
                if !queued.isEmpty {
                    content.queued.append(.init(sender: sender, transactions: queued.map(\.transaction)))
                }
            }
            return content
        }
    }

    func blockArrivals(limit: Int) async -> [ArrivedBlock] { look { Array($0.arrivals.suffix(limit)) } }

    func addPeer(_ node: NodeReference) async throws(RPCError) { change { $0.added.append(node) } }

    func removePeer(_ id: NodeID) async throws(RPCError) { change { $0.removed.append(id) } }
}
