import Chain
import DevP2P
import EthCrypto
import EthNode
import Execution
import Gossip
import KeyValue
import NodeCore
import NodeRecord
import Primitives
import SansIO
import Storage
import Testing

@Suite("One node, driven by hand")
struct OpeningTests {
    let now = Instant(unixSeconds: 1_760_000_000)

    func configuration(chainID: UInt64 = 7) throws -> ChainNodeConfiguration {
        .bare(key: try PrivateKey([UInt8](repeating: 1, count: 32)), clientID: "test", chainID: chainID, port: 30303)
    }

    func node(on store: MemoryStore, chainID: UInt64 = 7) throws -> NodeCore {
        try NodeCore(
            configuration(chainID: chainID), store: store, random: NodeRandom(seed: 1), now: now)
    }

    @Test func emptyStoreGetsGenesis() throws {
        let store = MemoryStore()
        let core = try node(on: store)
        #expect(core.ethNode.status.head.number == 0)
        let genesis = try GenesisState.block(of: configuration().chain.genesis)
        #expect(core.ethNode.status.head.hash == genesis.hash)
        #expect(try node(on: store).ethNode.status.head.hash == genesis.hash)
    }

    @Test func storeOfAnotherChainIsRefused() throws {
        let store = MemoryStore()
        _ = try node(on: store)
        #expect(throws: NodeError.self) { try node(on: store, chainID: 8) }
    }

    /// The chain is at block 6; what the genesis says of the blocks up to there is settled.
    @Test func forksBelowTheHeadStayAsTheyWere() throws {
        let store = MemoryStore()
        var configuration = try configuration()
        configuration.chain.genesis.config.arrowGlacierBlock = 5
        configuration.chain.genesis.config.grayGlacierBlock = 9
        func open(_ change: (inout ChainConfig) -> Void) throws {
            var changed = configuration
            change(&changed.chain.genesis.config)
            _ = try NodeCore(changed, store: store, random: NodeRandom(seed: 1), now: now)
        }
        try open { _ in }
        var header = Header()
        header.number = 6
        header.timestamp = 100
        let block = Block(header: header, body: BlockBody())
        var batch = WriteBatch()
        batch.put(block: block, receipts: [], totalDifficulty: 2)
        batch.putCanonical(block)
        batch.putHead(block.hash)
        store.write(batch, durable: true)
        try open { $0.grayGlacierBlock = 7 }
        for change: (inout ChainConfig) -> Void in [
            { $0.arrowGlacierBlock = nil }, { $0.arrowGlacierBlock = 20 }, { $0.grayGlacierBlock = 6 },
            { $0.mergeNetsplitBlock = 3 }, { $0.shanghaiTime = 100 },
        ] {
            #expect(throws: NodeError.self) { try open(change) }
        }
        var added = configuration
        added.chain.genesis.config.mergeNetsplitBlock = 3
        do throws(NodeError) {
            _ = try NodeCore(added, store: store, random: NodeRandom(seed: 1), now: now)
        } catch {
            let text = "\(error)"
            #expect(["mergeNetsplitBlock", "is 3", "block 6"].allSatisfy(text.contains), "\(text)")
        }
        // What comes after the head may change, and is kept.
        try open { $0.grayGlacierBlock = nil }
        try open { $0.grayGlacierBlock = 8 }
    }

    /// These are the names on disk: a table by another name would be an empty one.
    @Test func theTablesKeepTheirNames() {
        #expect(
            (NodeCore.columns + EthConfiguration.columns).map(\.name).sorted() == [
                "bodies", "canonical", "code", "consensus", "difficulties", "headers", "metadata", "numbers", "peers",
                "receipts", "state_nodes", "transactions",
            ])
    }

    @Test func startLeadsToADeadline() throws {
        var core = try node(on: MemoryStore())
        #expect(core.deadline == nil)
        core.handle(.start, now: now)
        #expect(core.deadline != nil)
    }

    @Test func recordNamesTheFork() throws {
        var core = try node(on: MemoryStore())
        core.handle(.start, now: now)
        let record = core.status.record
        #expect(record.ethEntry != nil)
        #expect(record.tcp == 30303)
        #expect(record.udp == 30303)
    }

    @Test func recordOfNodeWithoutDiscoveryHasNoUDPPort() throws {
        var configuration = try configuration()
        configuration.node.discoveryEnabled = false
        configuration.node.udpPort = 0
        let core = try NodeCore(
            configuration, store: MemoryStore(), random: NodeRandom(seed: 1), now: now)
        let record = core.status.record
        #expect(record.udp == nil)
        #expect(record.tcp == 30303)
    }

    /// A transaction of another chain is refused at once, one without funds after a look at the account.
    @Test func submittedTransactionsAreAnswered() throws {
        var core = try node(on: MemoryStore())
        core.handle(.start, now: now)
        _ = core.takeEffects()
        let key = try PrivateKey([UInt8](repeating: 2, count: 32))
        let foreign = LegacyTransaction(
            nonce: 0, gasPrice: 1_000_000_000, gasLimit: 21_000, to: Address(), value: 1
        ).signed(by: key, chainID: 99)
        let answers = Answers()
        core.handle(answers.submission(foreign, 1), now: now)
        _ = reply(core.takeEffects())
        #expect(answers.values.mapValues { (try? $0.get()) != nil } == [1: false])

        let poor = LegacyTransaction(
            nonce: 0, gasPrice: 1_000_000_000, gasLimit: 21_000, to: key.publicKey.address, value: 1
        ).signed(by: key, chainID: 7)
        core.handle(answers.submission(poor, 2), now: now)
        let effects = reply(core.takeEffects())
        #expect(answers.values.count == 1)
        for case .run(let id, let job) in effects {
            job.work()
            core.handle(.jobCompleted(id), now: now)
        }
        _ = reply(core.takeEffects())
        #expect(answers.values.mapValues { (try? $0.get()) != nil } == [1: false, 2: false])
    }

    private func reply(_ effects: [NodeEffect]) -> [NodeEffect] {
        for case .reply(let reply) in effects { reply() }
        return effects
    }
}
