public import Chain
public import Primitives
import SansIO
public import Storage

/// Proof of authority after EIP-225, compatible with go-ethereum and besu: a list of signers takes turns, none of them
/// may sign more than one of any `n/2 + 1` blocks in a row, and they vote about the list in the headers.
///
/// An immutable value. Its only memory is `CliqueSnapshot`s in the column `consensus`, written with the blocks: one
/// for every block, of which those deeper than `snapshotWindow` are deleted again except each `snapshotInterval`th.
/// So the snapshot of any recent block is one read, also right after a restart, and of an older one a walk over at
/// most `snapshotInterval` headers. go-ethereum has a cache in memory instead, which would be a lock here.
public struct CliqueEngine: ConsensusEngine {
    public let chainConfig: ChainConfig
    public let config: CliqueConfig
    /// What to vote for when sealing.
    public var proposals: [CliqueProposal]

    /// How far ahead of the clock a header may be. go-ethereum has zero for Clique; but signers send their blocks on
    /// the second, and a receiver whose clock is a little behind would refuse each.
    public static let maxClockDrift = Duration.seconds(1)
    /// Each block out of turn is delayed by up to this much for every signer that could make one (EIP-225).
    public static let wiggle = Duration.milliseconds(500)
    /// Blocks behind the newest one whose snapshots are all kept.
    public static let snapshotWindow: UInt64 = 128
    /// Blocks from one snapshot that is kept for good to the next. go-ethereum's `checkpointInterval` is 1024, and it
    /// keeps what it has walked over in memory. Nothing is kept here, so a walk must be short: 127 recovered signatures
    /// take some 10 ms, once for each block on an old parent by a true signer.
    public static let snapshotInterval: UInt64 = 128

    /// The engine of a chain; nil where its config has no `clique`.
    public init?(chainConfig: ChainConfig, proposals: [CliqueProposal] = []) {
        guard let config = chainConfig.clique else { return nil }
        self.chainConfig = chainConfig
        self.config = config
        self.proposals = proposals
    }

    public func author(of header: Header) throws(ConsensusError) -> Address {
        // The genesis block is sealed by nobody.
        header.number == 0 ? Address() : try CliqueHeader.signer(of: header)
    }

    /// The higher total difficulty wins. At equal ones go-ethereum prefers the lower number, and at equal numbers
    /// tosses a coin; here the lower hash wins, so that all nodes that have seen the same blocks agree.
    public func isBetter(_ candidate: ChainHead, than current: ChainHead) -> Bool {
        if candidate.totalDifficulty != current.totalDifficulty {
            return candidate.totalDifficulty > current.totalDifficulty
        }
        if candidate.number != current.number { return candidate.number < current.number }
        return candidate.hash < current.hash
    }
}
