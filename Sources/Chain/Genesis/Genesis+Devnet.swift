public import Primitives

extension Genesis {
    /// The default chain id of a devnet, which is also its network id.
    public static let devnetChainID: UInt64 = 13_370

    /// A Clique network with all forks up to London active at genesis: the accounts of `DevAccounts` have a million
    /// ether each.
    ///
    /// - Parameters:
    ///   - signers: the accounts that may seal blocks, in any order. The default is signer 0 of `DevAccounts`.
    ///   - period: seconds between blocks.
    ///   - timestamp: the time of the genesis block, in seconds since the Unix epoch.
    public static func devnet(
        signers: [Address] = [DevAccounts.signer(0)], period: UInt64 = 2,
        chainID: UInt64 = devnetChainID, timestamp: UInt64 = 0
    ) -> Genesis {
        var config = ChainConfig(chainID: chainID)
        let skipped = ["daoForkBlock", "arrowGlacierBlock", "grayGlacierBlock", "mergeNetsplitBlock"]
        for fork in ChainConfig.blockForks where !skipped.contains(fork.key) { config[keyPath: fork.path] = 0 }
        config.clique = CliqueConfig(period: period)
        let million = GenesisAccount(balance: UInt256(1_000_000_000_000_000_000) &* 1_000_000)
        var genesis = Genesis(
            config: config, gasLimit: 30_000_000, difficulty: .one,
            alloc: (0..<DevAccounts.count).map { index in
                GenesisAllocation(address: DevAccounts.address(index), account: million)
            })
        genesis.timestamp = timestamp
        genesis.extraData = cliqueExtraData(signers: signers)
        return genesis
    }

    /// The extra data of a Clique checkpoint without a seal: 32 bytes of vanity, the signers ascending, 65 zero bytes
    /// (EIP-225).
    public static func cliqueExtraData(signers: [Address]) -> [UInt8] {
        let vanity = Array("starling".utf8)
        return vanity + [UInt8](repeating: 0, count: 32 - vanity.count) + signers.sorted().flatMap(\.bytes)
            + [UInt8](repeating: 0, count: 65)
    }
}
