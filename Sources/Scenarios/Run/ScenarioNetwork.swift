import Chain
import Consensus
import DevP2P
import EthCrypto
import EthNode
import Execution
import Gossip
import NodeCore
import NodeRecord
import PeerBook
import Primitives
import SansIO
import Simulator

/// The chain and the nodes of a scenario, by its seed.
struct ScenarioNetwork {
    static let chainID: UInt64 = 4242
    /// Accounts that one spamming node has.
    private static let spamAccounts = 32
    /// As many as fill a pool, which takes a quarter of its places from one sender.
    private static let squatterAccounts = 4

    let scenario: Scenario
    let genesis: Genesis
    let keys: [PrivateKey]
    let accounts: [PrivateKey]
    private let engine: CliqueEngine
    /// Which nodes misbehave.
    let roles: [Int: Scenario.Adversary]
    private let endpoints: [Endpoint]
    private let spammers: [Int: [PrivateKey]]
    /// What new nodes are told of: the first few, in case that some are down.
    private let bootnodes: [NodeContact]

    init(
        _ scenario: Scenario, roles: [Int: Scenario.Adversary], seed: UInt64, start: UInt64
    ) throws(ScenarioError) {
        self.scenario = scenario
        self.roles = roles
        let endpoints = Self.endpoints(scenario.nodes, roles)
        self.endpoints = endpoints
        var random = NodeRandom(seed: seed, stream: 0x6b65_7973)
        keys = (0..<scenario.nodes).map { _ in PrivateKey.generate(using: &random) }
        accounts = (0..<(scenario.load?.accounts ?? 1)).map { _ in PrivateKey.generate(using: &random) }
        let signers = keys.prefix(scenario.signers).map(\.publicKey.address)
        spammers = Self.spammers(roles, seed: seed)
        var genesis = Genesis.devnet(signers: signers, period: UInt64(scenario.period), chainID: Self.chainID)
        let million = UInt256(1_000_000_000_000_000_000) &* 1_000_000
        let spamming = spammers.sorted { $0.key < $1.key }.flatMap(\.value)
        genesis.setAlloc(
            accounts.map {
                GenesisAllocation(address: $0.publicKey.address, account: GenesisAccount(balance: million))
            }
                + spamming.map {
                    GenesisAllocation(
                        address: $0.publicKey.address, account: GenesisAccount(balance: PoolSquatter.balance))
                })
        genesis.timestamp = start - 10
        self.genesis = genesis
        guard let engine = CliqueEngine(chainConfig: genesis.config) else {
            throw ScenarioError("the devnet's rules have no Clique")
        }
        self.engine = engine
        bootnodes = zip(keys, endpoints).prefix(4).map(NodeContact.init)
    }

    /// How a node is found.
    func contact(_ index: Int) -> NodeContact { NodeContact(keys[index], endpoints[index]) }

    /// The money of a node that spams.
    func spamAccounts(of node: Int) -> [PrivateKey] { spammers[node] ?? [] }

    private static func spammers(_ roles: [Int: Scenario.Adversary], seed: UInt64) -> [Int: [PrivateKey]] {
        var random = NodeRandom(seed: seed, stream: 0x7370_616d)
        var spammers: [Int: [PrivateKey]] = [:]
        for (index, role) in roles.sorted(by: { $0.key < $1.key }) where role.kind.isFunded {
            let count = role.kind == .poolSquatter ? squatterAccounts : spamAccounts
            spammers[index] = (0..<count).map { _ in PrivateKey.generate(using: &random) }
        }
        return spammers
    }

    /// 10.x.y.z, one after the other. Where adversaries sit in ranges of addresses, a /24 for each honest node, two of them in
    /// a /16 (as nodes in data centres are), from 32.0.0.1 on, and 80.x.0.0/24 for the adversaries in turns.
    private static func endpoints(_ nodes: Int, _ roles: [Int: Scenario.Adversary]) -> [Endpoint] {
        guard roles.values.contains(where: { $0.ranges != nil }) else {
            return (0..<nodes).map { Endpoint(ip: .v4(0x0a00_0001 + UInt32($0)), port: 30303) }
        }
        var hostile = 0
        return (0..<nodes).map { index in
            guard let ranges = roles[index]?.ranges else {
                return Endpoint(ip: .v4(0x2000_0001 + UInt32(index / 2) << 16 + UInt32(index % 2) << 8), port: 30303)
            }
            defer { hostile += 1 }
            let place = hostile / ranges
            // Then several at one address, by their ports.
            let ip = IPAddress.v4(0x5000_0001 + UInt32(hostile % ranges) << 16 + UInt32(place % 250))
            return Endpoint(ip: ip, port: 30303 + UInt16(clamping: place / 250))
        }
    }

    func configuration(_ index: Int, executor: any BlockExecutor) -> ChainNodeConfiguration {
        var configuration = ChainNodeConfiguration(
            key: keys[index], clientID: "starling/simulated-\(index)", genesis: genesis, networkID: Self.chainID,
            engine: engine, executor: executor, advertisedIP: endpoints[index].ip, udpPort: endpoints[index].port,
            tcpPort: endpoints[index].port)
        // Who surrounds others takes part in as many sessions as it can.
        configuration.node.maxPeers = roles[index]?.kind == .eclipse ? 2 * scenario.nodes : scenario.maxPeers
        if let slots = scenario.poolSlots { configuration.chain.pool = Self.pool(slots) }
        if roles[index]?.kind.isTolerant == true {
            for offence in Offence.allCases { configuration.node.reputation[offence].points = 0 }
        }
        configuration.chain.sealingKey = index < scenario.signers ? keys[index] : nil
        configuration.node.bootnodes = bootnodes.filter { $0.publicKey != keys[index].publicKey }
        return configuration
    }

    /// A pool of another size, with the same proportions.
    private static func pool(_ slots: Int) -> PoolLimits {
        var limits = PoolLimits()
        limits.maxPerSender = slots * limits.maxPerSender / limits.maxCount
        limits.maxQueued = slots * limits.maxQueued / limits.maxCount
        limits.maxQueuedPerSender = min(limits.maxQueuedPerSender, limits.maxQueued)
        limits.maxCount = slots
        return limits
    }

    /// What a squatter sends of one account.
    var squatted: Int { (scenario.poolSlots.map(Self.pool) ?? PoolLimits()).maxPerSender }

    func transaction(_ nonce: UInt64, from account: Int, dataBytes: Int) -> Transaction {
        DynamicFeeTransaction(
            chainID: Self.chainID, nonce: nonce, maxPriorityFeePerGas: 1_000_000_000,
            maxFeePerGas: 1_000_000_000_000, gasLimit: UInt64(21_000 + 16 * dataBytes),
            to: keys[account % keys.count].publicKey.address, value: 1,
            data: [UInt8](repeating: 1, count: dataBytes)
        ).signed(by: accounts[account])
    }
}

extension NodeContact {
    fileprivate init(_ key: PrivateKey, _ endpoint: Endpoint) {
        self.init(publicKey: key.publicKey, ip: endpoint.ip, udpPort: endpoint.port, tcpPort: endpoint.port)
    }
}
