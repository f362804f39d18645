import Chain
import Consensus
import DevP2P
import SansIO
import Storage

/// Whether header and body of a block are right, for a worker thread: all that can be told without executing it.
struct BlockCheck: Sendable {
    let chain: ChainStore
    let config: ChainConfig
    let engine: any ConsensusEngine
    let block: Block
    let peer: Peer
    let now: Instant

    func run() -> BlockCheckResult { BlockCheckResult(block: block, peer: peer, verdict: verdict) }

    /// The body first: a block with another body isn't the one that the header names, whatever the header is worth.
    private var verdict: BlockCheckResult.Verdict {
        guard BodyRules.brokenRule(of: block.body, header: block.header) == nil else { return .otherBody }
        guard let parent = try? chain.head(block.header.parentHash),
            (try? engine.verify(block.header, parent: parent, chain: chain, now: now)) != nil
        else { return .unknown }
        return .right
    }
}

/// What the check of a block has brought.
struct BlockCheckResult: Sendable {
    enum Verdict: Sendable {
        case right
        /// The body isn't the header's.
        case otherBody
        /// The header is wrong, or can't be judged before its parent is there.
        case unknown
    }

    let block: Block
    let peer: Peer
    let verdict: Verdict
}
