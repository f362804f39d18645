public import Primitives

/// The chain's id, forks and engine: `config` of go-ethereum's genesis.json, under the same names.
///
/// Each property of a fork is the block number, or the time in seconds since the Unix epoch, from which its rules
/// apply; nil means never.
public struct ChainConfig: Hashable, Sendable {
    /// The chain id that transactions are signed for (EIP-155).
    public var chainID: UInt64
    public var homesteadBlock: UInt64?
    public var daoForkBlock: UInt64?
    /// Whether the chain follows the DAO fork (EIP-779).
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
    /// The total difficulty at which proof of work ends (EIP-3675); nil for a chain without proof of work.
    public var terminalTotalDifficulty: UInt256?
    /// The deposit contract, whose logs are execution requests (EIP-6110).
    public var depositContractAddress: Address?
    /// Blob parameters by the name of the fork that sets them (EIP-7840).
    public var blobSchedule: [String: BlobParameters] = [:]
    /// Whether the config has the key `ethash`: proof of work.
    public var isEthash = false
    /// The settings of Clique; nil for another engine.
    public var clique: CliqueConfig?

    /// A config without forks.
    public init(chainID: UInt64) { self.chainID = chainID }
}

/// Clique's settings (EIP-225).
public struct CliqueConfig: Hashable, Sendable {
    /// The minimum time between blocks in seconds; 0 seals blocks only when there are transactions.
    public var period: UInt64
    /// The number of blocks from one checkpoint to the next.
    public var epoch: UInt64

    public init(period: UInt64, epoch: UInt64 = 30_000) {
        self.period = period
        self.epoch = epoch
    }
}

/// The limits on blobs per block (EIP-7840).
public struct BlobParameters: Hashable, Sendable {
    /// The number of blobs per block at which the blob base fee stays the same.
    public var target: UInt64
    /// The maximum number of blobs per block.
    public var max: UInt64
    /// The divisor in the exponent of the blob base fee (EIP-4844).
    public var baseFeeUpdateFraction: UInt64

    public init(target: UInt64, max: UInt64, baseFeeUpdateFraction: UInt64) {
        self.target = target
        self.max = max
        self.baseFeeUpdateFraction = baseFeeUpdateFraction
    }
}
