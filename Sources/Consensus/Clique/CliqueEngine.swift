public import Chain
public import Primitives
import SansIO
public import Storage

/// Proof of authority by EIP-225, compatible with go-ethereum and besu: a list of signers takes turns, each may sign at
/// most one of any `n/2 + 1` consecutive blocks, and they change the list by votes in the headers.
///
/// An immutable value. Its only state is the `CliqueSnapshot`s in the column `consensus`, written with the blocks: one
/// for every block; those older than `snapshotWindow` are deleted, except every `snapshotInterval`th. So the snapshot
/// of a recent block takes one read, also after a restart, and that of an older one at most `snapshotInterval` headers.
/// go-ethereum has a cache in memory instead, which would need a lock here.
public struct CliqueEngine: ConsensusEngine {
    /// The config of the chain.
    public let chainConfig: ChainConfig
    /// Its Clique settings.
    public let config: CliqueConfig
    /// The votes to cast when sealing.
    public var proposals: [CliqueProposal]

    /// The maximum time by which a header's timestamp may be ahead of the clock. go-ethereum has zero for Clique; but
    /// signers send their blocks exactly at the timestamp, so a receiver whose clock is slightly behind would refuse
    /// every block.
    public static let maxClockDrift = Duration.seconds(1)
    /// The maximum delay of a block out of turn for each signer that could make one (EIP-225).
    public static let wiggle = Duration.milliseconds(500)
    /// The number of latest blocks whose snapshots are all kept.
    public static let snapshotWindow: UInt64 = 128
    /// The number of blocks from one permanently kept snapshot to the next. go-ethereum's `checkpointInterval` is 1024,
    /// and it caches the snapshots between in memory. There is no cache here, so the interval must be short: 127
    /// signature recoveries take some 10 ms, for each block of a real signer on an old parent.
    public static let snapshotInterval: UInt64 = 128

    /// The engine of a chain; nil if its config has no `clique`.
    public init?(chainConfig: ChainConfig, proposals: [CliqueProposal] = []) {
        guard let config = chainConfig.clique else { return nil }
        self.chainConfig = chainConfig
        self.config = config
        self.proposals = proposals
    }

    public func author(of header: Header) throws(ConsensusError) -> Address {
        // The genesis block has no seal.
        header.number == 0 ? Address() : try CliqueHeader.signer(of: header)
    }

    /// The higher total difficulty wins, then the lower number, then the lower hash. go-ethereum chooses randomly in
    /// the last case; with the hash, all nodes that have seen the same blocks agree.
    public func isBetter(_ candidate: ChainHead, than current: ChainHead) -> Bool {
        if candidate.totalDifficulty != current.totalDifficulty {
            return candidate.totalDifficulty > current.totalDifficulty
        }
        if candidate.number != current.number { return candidate.number < current.number }
        return candidate.hash < current.hash
    }
}
