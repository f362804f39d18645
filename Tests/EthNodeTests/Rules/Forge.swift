import Chain
import Consensus
import EthCrypto
import EthNode
import Execution
import KeyValue
import NodeCore
import Primitives
import SansIO
import Storage
import Testing

/// The blocks of a signer that is connected to nobody: one a second, the first of them `seconds` before a stage starts.
struct Forge {
    let genesis: Genesis
    let store: ChainStore
    /// The blocks after genesis.
    let blocks: [Block]
    let heads: [ChainHead]

    static func signer() throws -> PrivateKey { try PrivateKey([UInt8](repeating: 1, count: 32)) }

    /// A chain whose only signer has all the funds.
    static func genesis(signers: [PrivateKey] = [], period: UInt64 = 1) throws -> Genesis {
        let signers = signers.isEmpty ? [try signer()] : signers
        var genesis = Genesis.devnet(signers: signers.map(\.publicKey.address), period: period, chainID: 7)
        genesis.timestamp = Stage.start.unixSeconds - 1_000
        let funds = GenesisAccount(balance: 1_000_000_000_000_000_000)
        genesis.setAlloc([GenesisAllocation(address: try signer().publicKey.address, account: funds)])
        return genesis
    }

    /// - Parameters:
    ///   - vanity: with another one come other blocks.
    ///   - count: of transfers in the first block.
    init(
        _ genesis: Genesis, blocks count: Int, from seconds: Int = 500, vanity: String = "forge", transfers: Int = 0
    ) throws {
        let key = try Self.signer()
        var configuration = ChainNodeConfiguration(
            key: key, clientID: "forge", genesis: genesis, networkID: genesis.config.chainID,
            engine: try #require(CliqueEngine(chainConfig: genesis.config)), executor: TransferExecutor(),
            advertisedIP: .loopback, udpPort: 0, tcpPort: 1)
        configuration.node.discoveryEnabled = false
        configuration.chain.sealingKey = key
        configuration.chain.extraVanity = Array(vanity.utf8)
        let start = Stage.start + .seconds(-seconds)
        let node = try NodeCore(
            configuration, store: MemoryStore(), random: NodeRandom(seed: 3), now: start)
        var wire = try HandWire([node], keys: [key], now: start)
        for nonce in 0..<transfers {
            try wire.submit(try Self.transfer(UInt64(nonce)), ticket: UInt64(nonce), at: 0)
        }
        while wire.nodes[0].ethNode.status.head.number < UInt64(count) { try wire.run(for: .milliseconds(50)) }
        let store = wire.nodes[0].ethNode.chainStore
        self.genesis = genesis
        self.store = store
        heads = try (1...UInt64(count)).map { try #require(try store.canonicalHead($0)) }
        blocks = try heads.map { try #require(try store.block($0.hash)) }
    }

    /// A transfer of the signer.
    static func transfer(_ nonce: UInt64, chainID: UInt64 = 7) throws -> Transaction {
        LegacyTransaction(nonce: nonce, gasPrice: 10_000_000_000, gasLimit: 21_000, to: Address(), value: 1)
            .signed(by: try signer(), chainID: chainID)
    }

    /// A block with a change, sealed again.
    static func changed(
        _ block: Block, by signer: PrivateKey? = nil, _ change: (inout Header) -> Void = { _ in }
    ) throws -> Block {
        var header = block.header
        change(&header)
        return Block(header: try CliqueHeader.sealed(header, with: signer ?? Self.signer()), body: block.body)
    }
}
