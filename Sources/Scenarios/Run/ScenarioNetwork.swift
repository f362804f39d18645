import Chain
import Consensus
import EthCrypto
import Execution
import NodeCore
import NodeRecord
import Primitives
import SansIO

/// The chain and the nodes of a scenario, by its seed.
struct ScenarioNetwork {
    static let chainID: UInt64 = 4242

    let scenario: Scenario
    let genesis: Genesis
    let keys: [PrivateKey]
    let accounts: [PrivateKey]
    private let engine: CliqueEngine
    /// What new nodes are told of: the first few, in case that some are down.
    private let bootnodes: [NodeContact]

    init(_ scenario: Scenario, seed: UInt64, start: UInt64) throws(ScenarioError) {
        self.scenario = scenario
        var random = NodeRandom(seed: seed, stream: 0x6b65_7973)
        keys = (0..<scenario.nodes).map { _ in PrivateKey.generate(using: &random) }
        accounts = (0..<(scenario.load?.accounts ?? 1)).map { _ in PrivateKey.generate(using: &random) }
        let signers = keys.prefix(scenario.signers).map(\.publicKey.address)
        var genesis = Genesis.devnet(signers: signers, period: UInt64(scenario.period), chainID: Self.chainID)
        let million = UInt256(1_000_000_000_000_000_000) &* 1_000_000
        genesis.setAlloc(
            accounts.map {
                GenesisAllocation(address: $0.publicKey.address, account: GenesisAccount(balance: million))
            })
        genesis.timestamp = start - 10
        self.genesis = genesis
        guard let engine = CliqueEngine(chainConfig: genesis.config) else {
            throw ScenarioError("the devnet's rules have no Clique")
        }
        self.engine = engine
        bootnodes = keys.prefix(4).enumerated().map { index, key in
            NodeContact(publicKey: key.publicKey, ip: Self.ip(index), udpPort: 30303, tcpPort: 30303)
        }
    }

    /// 10.x.y.z.
    private static func ip(_ index: Int) -> IPAddress { .v4(0x0a00_0001 + UInt32(index)) }

    func configuration(_ index: Int, executor: any BlockExecutor) -> NodeConfiguration {
        var configuration = NodeConfiguration(
            key: keys[index], clientID: "starling/simulated-\(index)", genesis: genesis, networkID: Self.chainID,
            engine: engine, executor: executor, advertisedIP: Self.ip(index), udpPort: 30303, tcpPort: 30303)
        configuration.maxPeers = scenario.maxPeers
        configuration.sealingKey = index < scenario.signers ? keys[index] : nil
        configuration.bootnodes = bootnodes.filter { $0.publicKey != keys[index].publicKey }
        return configuration
    }

    func transaction(_ nonce: UInt64, from account: Int, dataBytes: Int) -> Transaction {
        DynamicFeeTransaction(
            chainID: Self.chainID, nonce: nonce, maxPriorityFeePerGas: 1_000_000_000,
            maxFeePerGas: 1_000_000_000_000, gasLimit: UInt64(21_000 + 16 * dataBytes),
            to: keys[account % keys.count].publicKey.address, value: 1,
            data: [UInt8](repeating: 1, count: dataBytes)
        ).signed(by: accounts[account])
    }
}
