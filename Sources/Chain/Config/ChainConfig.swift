public import Primitives

/// The chain's id, forks and engine: `config` of go-ethereum's genesis.json, under the same names.
///
/// A fork is at the block number or time (seconds since the Unix epoch) of the first block that follows its rules; nil
/// is never.
public struct ChainConfig: Hashable, Sendable {
    /// Signed into transactions (EIP-155).
    public var chainID: UInt64
    public var homesteadBlock: UInt64?
    public var daoForkBlock: UInt64?
    public var daoForkSupport = false
    public var eip150Block: UInt64?
    public var eip155Block: UInt64?
    public var eip158Block: UInt64?
    public var byzantiumBlock: UInt64?
    public var constantinopleBlock: UInt64?
    public var petersburgBlock: UInt64?
    public var istanbulBlock: UInt64?
    public var muirGlacierBlock: UInt64?
    public var berlinBlock: UInt64?
    public var londonBlock: UInt64?
    public var arrowGlacierBlock: UInt64?
    public var grayGlacierBlock: UInt64?
    public var mergeNetsplitBlock: UInt64?
    public var shanghaiTime: UInt64?
    public var cancunTime: UInt64?
    public var pragueTime: UInt64?
    public var osakaTime: UInt64?
    public var bpo1Time: UInt64?
    public var bpo2Time: UInt64?
    public var bpo3Time: UInt64?
    public var bpo4Time: UInt64?
    public var bpo5Time: UInt64?
    public var amsterdamTime: UInt64?
    public var bogotaTime: UInt64?
    public var ubtTime: UInt64?
    /// Where proof of work ends; nil for a chain that has none.
    public var terminalTotalDifficulty: UInt256?
    public var depositContractAddress: Address?
    /// Blob parameters by the name of the fork that sets them.
    public var blobSchedule: [String: BlobParameters] = [:]
    /// Whether the config has `ethash`: proof of work.
    public var isEthash = false
    public var clique: CliqueConfig?

    public init(chainID: UInt64) { self.chainID = chainID }
}

/// Clique's settings (EIP-225).
public struct CliqueConfig: Hashable, Sendable {
    /// Seconds between blocks.
    public var period: UInt64
    /// Blocks from one checkpoint to the next.
    public var epoch: UInt64

    public init(period: UInt64, epoch: UInt64 = 30_000) {
        self.period = period
        self.epoch = epoch
    }
}

/// How many blobs a block has (EIP-7840).
public struct BlobParameters: Hashable, Sendable {
    public var target: UInt64
    public var max: UInt64
    public var baseFeeUpdateFraction: UInt64

    public init(target: UInt64, max: UInt64, baseFeeUpdateFraction: UInt64) {
        self.target = target
        self.max = max
        self.baseFeeUpdateFraction = baseFeeUpdateFraction
    }
}
