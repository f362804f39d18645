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
        // The devnet's rules, and one signer that nobody has the key of.
        let genesis = Genesis.devnet(signers: [Address()], period: 0, chainID: chainID)
        guard let engine = CliqueEngine(chainConfig: genesis.config) else {
            preconditionFailure("the devnet has Clique")
        }
        return NodeConfiguration(
            key: key, clientID: clientID, genesis: genesis, networkID: chainID, engine: engine,
            executor: TransferExecutor(), advertisedIP: advertisedIP, udpPort: port, tcpPort: port)
    }
}
