import Chain
import Consensus
import EthCrypto
import EthNode
import Execution
import NodeCore
import NodeRecord
import Primitives
import SansIO
import Testing

/// A Clique network of simulated nodes, all of which know the first one only.
struct Network {
    let genesis: Genesis
    let keys: [PrivateKey]
    let accounts: [PrivateKey]
    let signers: Int

    init(nodes: Int, signers: Int, period: UInt64 = 2, start: UInt64 = 1_760_000_000) {
        keys = (0..<nodes).map { Self.key("node", $0) }
        accounts = (0..<4).map { Self.key("account", $0) }
        self.signers = signers
        var genesis = Genesis.devnet(
            signers: keys.prefix(signers).map(\.publicKey.address), period: period, chainID: 4242)
        let million = UInt256(1_000_000_000_000_000_000) &* 1_000_000
        genesis.setAlloc(
            accounts.map {
                GenesisAllocation(address: $0.publicKey.address, account: GenesisAccount(balance: million))
            })
        genesis.timestamp = start - 10
        self.genesis = genesis
    }

    static func key(_ kind: String, _ index: Int) -> PrivateKey {
        var random = NodeRandom(seed: UInt64(index), stream: kind == "node" ? 1 : 2)
        return PrivateKey.generate(using: &random)
    }

    func contact(_ index: Int) -> NodeContact {
        NodeContact(publicKey: keys[index].publicKey, ip: Self.ip(index), udpPort: 30303, tcpPort: 30303)
    }

    /// 10.x.y.z: a local network, as in a data centre.
    private static func ip(_ index: Int) -> IPAddress { .v4(0x0a00_0001 + UInt32(index)) }

    func configuration(_ index: Int, maxPeers: Int = 25) throws -> ChainNodeConfiguration {
        var configuration = ChainNodeConfiguration(
            key: keys[index], clientID: "starling/simulated-\(index)", genesis: genesis, networkID: 4242,
            engine: try #require(CliqueEngine(chainConfig: genesis.config)),
            executor: TransferExecutor(), advertisedIP: Self.ip(index), udpPort: 30303, tcpPort: 30303)
        configuration.node.maxPeers = maxPeers
        configuration.chain.sealingKey = index < signers ? keys[index] : nil
        configuration.node.bootnodes = index == 0 ? [] : [contact(0)]
        return configuration
    }
}
