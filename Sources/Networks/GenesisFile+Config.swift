import Chain
import Primitives

extension GenesisFile {
    /// The maximum chain id: above it the `v` of a legacy transaction (EIP-155) needs more than 64 bits.
    public static let maxChainID: UInt64 = (1 << 63) - 19

    static func parseConfig(
        _ field: GenesisField, notes: inout [String]
    ) throws(GenesisFileError) -> ChainConfig {
        let chainID = try field.member("chainId")
        var config = ChainConfig(chainID: try chainID.uint64())
        guard (1...maxChainID).contains(config.chainID) else {
            throw chainID.invalid("a number from 1 to \(maxChainID)")
        }
        let forks = ChainConfig.blockForks + ChainConfig.timeForks
        for fork in forks {
            config[keyPath: fork.path] = try field.member(fork.key).optional { (at) throws(GenesisFileError) in
                try at.uint64()
            }
        }
        try parseOthers(field, into: &config)
        let known = Set(forks.map { $0.key.lowercased() })
        for (name, value) in try field.members() where name.hasSuffix("Block") || name.hasSuffix("Time") {
            guard value.isPresent, !known.contains(name.lowercased()) else { continue }
            notes.append(
                "\(value.position): config.\(name) looks like a fork, which this node doesn't know and ignores.")
        }
        return config
    }

    private static func parseOthers(_ field: GenesisField, into config: inout ChainConfig) throws(GenesisFileError) {
        config.daoForkSupport =
            try field.member("daoForkSupport").optional { (flag) throws(GenesisFileError) in try flag.bool() } ?? false
        config.terminalTotalDifficulty =
            try field.member("terminalTotalDifficulty").optional { (total) throws(GenesisFileError) in
                try total.uint256()
            }
        config.depositContractAddress =
            try field.member("depositContractAddress").optional { (address) throws(GenesisFileError) in
                try address.fixedBytes(Address.self)
            }
        config.isEthash = try field.member("ethash").isPresent
        config.clique = try field.member("clique").optional { (clique) throws(GenesisFileError) in
            let epoch = try clique.member("epoch").optional { (epoch) throws(GenesisFileError) in try epoch.uint64() }
            let period = try clique.member("period").uint64(
                in: 0...UInt64(UInt32.max), "a number of seconds of at most 32 bits")
            // As in go-ethereum, 0 stands for the default.
            return epoch.map { $0 == 0 } ?? true
                ? CliqueConfig(period: period) : CliqueConfig(period: period, epoch: epoch ?? 0)
        }
        let schedule = try field.member("blobSchedule")
        guard schedule.isPresent else { return }
        for (name, entry) in try schedule.members() where entry.isPresent {
            config.blobSchedule[name] = BlobParameters(
                target: try entry.member("target").uint64(), max: try entry.member("max").uint64(),
                baseFeeUpdateFraction: try entry.member("baseFeeUpdateFraction").uint64())
        }
    }

    /// Forks that a config may omit although later ones are set (go-ethereum's `CheckConfigForkOrder`).
    private static let optionalForks: Set<String> = [
        "daoForkBlock", "muirGlacierBlock", "arrowGlacierBlock", "grayGlacierBlock", "mergeNetsplitBlock", "bpo1Time",
        "bpo2Time", "bpo3Time", "bpo4Time", "bpo5Time", "bogotaTime", "ubtTime",
    ]

    /// Checks that no fork comes before those that must precede it.
    static func checkForkOrder(_ config: ChainConfig, _ field: GenesisField) throws(GenesisFileError) {
        for forks in [ChainConfig.blockForks, ChainConfig.timeForks] {
            var last: (key: String, at: UInt64?)?
            for fork in forks {
                let at = config[keyPath: fork.path]
                if let at, let last, last.at.map({ $0 > at }) ?? true {
                    throw .forkOrder(at: try field.member(fork.key).position, fork: fork.key, mustFollow: last.key)
                }
                if at != nil || !optionalForks.contains(fork.key) { last = (fork.key, at) }
            }
        }
    }

    /// Checks the genesis of a Clique chain: its extra data lists the signers (EIP-225), and it has no forks by time.
    static func checkClique(_ genesis: Genesis, _ document: GenesisField) throws(GenesisFileError) {
        guard genesis.config.clique != nil else { return }
        let extraData = try document.member("extraData")
        let signers = genesis.extraData.count - 32 - 65
        guard signers >= Address.byteCount, signers.isMultiple(of: Address.byteCount) else {
            throw extraData.invalid(
                "32 bytes, then 20 bytes for each of one or more signers, then 65 bytes, config.clique being set")
        }
        var seen: Set<[UInt8]> = []
        for index in 0..<signers / Address.byteCount {
            let signer = Array(genesis.extraData.dropFirst(32 + index * Address.byteCount).prefix(Address.byteCount))
            guard seen.insert(signer).inserted else {
                throw extraData.invalid("a list with each signer once, 0x\(Hex.encode(signer)) is there twice")
            }
        }
        for fork in ChainConfig.timeForks where genesis.config[keyPath: fork.path] != nil {
            throw try document.member("config").member(fork.key).invalid("absent, config.clique being set")
        }
    }
}
