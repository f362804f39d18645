import Chain
import Consensus
import DevP2P
import EthCrypto
import Execution
import KeyValue
import NodeRecord
import PeerBook
import Primitives
import RLP
import SansIO
import Storage
import Testing

@testable import EthNode
@testable import NodeCore

@Suite struct ForkFilterTests {
    /// A chain with one fork at block 10.
    let filter: ForkFilter = {
        var config = ChainConfig(chainID: 5)
        config.londonBlock = 10
        let schedule = ForkSchedule(config: config, genesisHash: Hash32(), genesisTime: 0)
        return ForkFilter(schedule: schedule, number: 20, time: 100)
    }()

    func record(_ eth: ForkID?) throws -> NodeRecord {
        var random = NodeRandom(seed: 9)
        var draft = NodeRecordDraft()
        draft.setAddress(IPAddress("34.1.2.3"))
        draft.set("tcp", integer: 30303)
        if let eth {
            var writer = RLPWriter()
            writer.list { $0.write(eth) }
            draft.set("eth", rlp: writer.bytes)
        }
        return try draft.signed(seq: 1, by: PrivateKey.generate(using: &random))
    }

    @Test func recordsOfOtherChainsAreRefused() throws {
        let ours = filter.schedule.forkID(number: 20, time: 100)
        #expect(filter.refusal(of: nil) == nil)
        #expect(filter.refusal(of: try record(ours)) == nil)
        #expect(filter.refusal(of: try record(ForkID(hash: 0x1234_5678, next: 0))) == .wrongFork)
        // Behind the fork without knowing of it.
        let stale = ForkID(hash: filter.schedule.forkID(number: 0, time: 0).hash, next: 0)
        #expect(filter.refusal(of: try record(stale)) == .wrongFork)
        #expect(filter.refusal(of: try record(nil)) == .notEthereum)
    }

    /// The filter goes by the node's own head: past a fork, who doesn't know that fork is no candidate any more.
    @Test func aNodeFiltersByItsHead() throws {
        var genesis = try Forge.genesis()
        genesis.config.arrowGlacierBlock = 2
        let key = try Forge.signer()
        var configuration = ChainNodeConfiguration(
            key: key, clientID: "test", genesis: genesis, networkID: genesis.config.chainID,
            engine: try #require(CliqueEngine(chainConfig: genesis.config)), executor: TransferExecutor(),
            advertisedIP: .loopback, udpPort: 0, tcpPort: 1)
        configuration.node.discoveryEnabled = false
        configuration.chain.sealingKey = key
        let node = try NodeCore(
            configuration, store: MemoryStore(), random: NodeRandom(seed: 3), now: Stage.start)
        var wire = try HandWire([node], keys: [key], now: Stage.start)
        let unaware = ForkID(hash: node.ethNode.forks.forkID(number: 0, time: 0).hash, next: 0)
        let contact = try #require(NodeContact(try record(unaware)))
        func refusal() -> CandidateRefusal? {
            var peers = wire.nodes[0].peers
            return peers.addCandidate(contact, now: wire.now)
        }
        #expect(refusal() == nil)
        while wire.nodes[0].ethNode.status.head.number < 2 { try wire.run(for: .milliseconds(50)) }
        #expect(refusal() == .wrongFork)
    }
}
