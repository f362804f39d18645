public import Chain
public import Consensus
public import DevP2P
public import EthCrypto
public import Execution
public import Gossip
public import KeyValue
public import NodeCore
public import Primitives
public import SansIO

/// A node and the chain that it follows.
public struct ChainNodeConfiguration: Sendable {
    public var node: NodeConfiguration
    public var chain: EthConfiguration

    public init(node: NodeConfiguration, chain: EthConfiguration) {
        self.node = node
        self.chain = chain
    }

    public init(
        key: PrivateKey, clientID: String, genesis: Genesis, networkID: UInt64, engine: any ConsensusEngine,
        executor: any BlockExecutor, advertisedIP: IPAddress, udpPort: UInt16, tcpPort: UInt16
    ) {
        node = NodeConfiguration(
            key: key, clientID: clientID, advertisedIP: advertisedIP, udpPort: udpPort, tcpPort: tcpPort)
        chain = EthConfiguration(genesis: genesis, networkID: networkID, engine: engine, executor: executor)
    }
}

extension NodeCore {
    /// A node with a chain, and the chain as its first host.
    public init(
        _ configuration: ChainNodeConfiguration, store: any KeyValueStore, random: NodeRandom, now: Instant
    ) throws(NodeError) {
        try self.init(configuration: configuration.node, store: store, random: random, now: now)
        try register(configuration.chain, store: store)
    }

    /// The node's chain; nil of a node without one.
    public var chain: EthNode? { host(EthNode.self) }
}

extension NodeInput {
    /// Hands a transaction of the node's own user to its chain.
    ///
    /// - Parameter receiver: hears what became of it: the hash, or why it isn't taken; nil where the node stops before.
    public static func submit(
        _ transaction: Transaction, _ receiver: ReplyTo<Result<Hash32, PoolError>?> = ReplyTo { _ in }
    ) -> NodeInput {
        .command(EthNode.builtIn[0], EthCommand.submit(transaction, receiver))
    }
}

extension NodeEvent {
    /// What it tells of the chain; nil where it tells of something else.
    public var ofChain: EthNodeEvent? {
        guard case .capability(_, let event) = self else { return nil }
        return event as? EthNodeEvent
    }
}

extension ChainNodeConfiguration {
    /// A node on a private chain on which nothing ever happens: for tests and benchmarks of sessions. Nodes made with the
    /// same chain id find and accept each other.
    public static func bare(
        key: PrivateKey, clientID: String, chainID: UInt64 = 1_000_000, advertisedIP: IPAddress = .loopback,
        port: UInt16
    ) -> ChainNodeConfiguration {
        // The devnet's rules, and one signer that nobody has the key of.
        let genesis = Genesis.devnet(signers: [Address()], period: 0, chainID: chainID)
        guard let engine = CliqueEngine(chainConfig: genesis.config) else {
            preconditionFailure("the devnet has Clique")
        }
        return ChainNodeConfiguration(
            key: key, clientID: clientID, genesis: genesis, networkID: chainID, engine: engine,
            executor: TransferExecutor(), advertisedIP: advertisedIP, udpPort: port, tcpPort: port)
    }
}
