import Chain
import Consensus
public import EthCrypto
import Execution
public import Primitives

extension NodeConfiguration {
    /// A node on a private chain on which nothing ever happens: for programs that only want peers and a capability of
    /// their own. Nodes made with the same chain id find and accept each other.
    public static func bare(
        key: PrivateKey, clientID: String, chainID: UInt64 = 1_000_000, advertisedIP: IPAddress = .loopback,
        port: UInt16
    ) -> NodeConfiguration {
        var config = ChainConfig(chainID: chainID)
        config.clique = CliqueConfig(period: 0)
        guard let engine = CliqueEngine(chainConfig: config) else { preconditionFailure("the config has Clique") }
        var genesis = Genesis(config: config, gasLimit: 30_000_000, difficulty: .one)
        // Vanity, one signer that nobody has the key of, and room for a seal.
        genesis.extraData = [UInt8](repeating: 0, count: 32 + Address.byteCount + 65)
        return NodeConfiguration(
            key: key, clientID: clientID, genesis: genesis, networkID: chainID, engine: engine,
            executor: TransferExecutor(), advertisedIP: advertisedIP, udpPort: port, tcpPort: port)
    }
}
