import Chain
import Consensus
import DevP2P
import Gossip
import Primitives
import SansIO
import Storage
import Sync

// A pushed block's way: from a peer -> intake -> check (a job) -> mesh and chain queue -> import (a job) -> everybody.
extension EthNode {
    /// A block has come from a peer. One that is far from the head is only a sign of where to sync to.
    mutating func take(_ block: PushedBlock) {
        guard BlockIntake.isNear(block.header.number, head: chain.head.number) else { return forget(block) }
        guard !intake.isRejected(block.hash) else {
            return blame(block.source, for: block.hash, isHeader: false)
        }
        for dropped in intake.append(block) { forget(dropped) }
        beginChecks()
    }

    private mutating func beginChecks() {
        while let block = intake.begin() {
            let check = BlockCheck(
                chain: store, engine: configuration.engine, head: chain.head, block: block,
                isPending: chain.isPending(block.hash), now: unixTime)
            run("check a block") { .blockCheck(check.run()) }
        }
    }

    mutating func blockChecked(_ result: BlockCheckResult) {
        let block = result.block
        intake.finish(block.hash)
        switch result.verdict {
        case .right(let checked):
            guard intake.admits(checked, now: now) else { return ignore(block) }
            if case .gossip = block.source.path { withBlocks { $0.verified(block.hash, &$1) } }
            enqueue(checked)
        // The import waits for blocks that are being imported, and one of them may be the parent.
        case .orphan(let checked): intake.admits(checked, now: now) ? enqueue(checked) : ignore(block)
        case .early(let checked, let until):
            if !intake.admits(checked, now: now) { ignore(block) } else { delay(checked, until: until) }
        case .stray: forget(block)
        case .known: ignore(block)
        case .fault(.otherBody): otherBody(block)
        case .fault(.undecodable(let error)):
            report(error.offence, by: block.source.peer)
            forget(block)
        case .fault(.refused(let error)): refuse(block.source, error)
        }
        beginChecks()
    }

    private mutating func enqueue(_ checked: CheckedBlock) {
        for dropped in chain.enqueue(checked) { forget(dropped.block.hash, dropped.source) }
        beginChainWork()
    }

    private mutating func delay(_ checked: CheckedBlock, until moment: Instant) {
        guard !chain.delay(checked, until: moment, now: unixTime) else { return }
        forget(checked.block.hash, checked.source)
    }

    mutating func retryDelayedBlocks() {
        for checked in chain.takeDue(unixTime) { enqueue(checked) }
    }

    mutating func imported(_ checked: CheckedBlock, _ result: ChainJobResult) {
        let block = checked.block
        guard let failure = result.outcome.failure else {
            // Somebody else has brought it meanwhile.
            guard result.outcome.knownCount == 0, let head = result.outcome.imported.last else {
                return forget(block.hash, checked.source, isForGood: true)
            }
            // A block that doesn't become the head is worth nothing yet, and anybody may make many with a key that all have.
            if result.outcome.newHead?.hash == block.hash {
                credit(.firstBlock, to: checked.source.peer)
            }
            return relay(block, totalDifficulty: head.totalDifficulty, from: checked.source.peer)
        }
        switch (failure.error.reason, failure.error.cause) {
        case (.unknownParent, _):
            let head = PeerHead(hash: block.hash, number: block.number)
            downloader.headChanged(of: checked.source.peer, to: head, isWanted: true, now: now)
        case (_, .clock(let moment)): delay(checked, until: moment)
        default: refuse(checked.source, failure.error)
        }
    }

    /// A block can't be taken.
    private mutating func refuse(_ source: BlockSource, _ error: ImportError) {
        emit(.blockRejected(number: error.number, hash: error.hash, why: "\(error)"))
        guard case .sender = error.cause else { return forget(error.hash, source) }
        intake.reject(error.hash, now: now)
        let isHeader = if case .header = error.reason { true } else { false }
        blame(source, for: error.hash, isHeader: isHeader)
    }

    /// An invalid block is the fault of whoever has sent it, by the way on which it came.
    ///
    /// By `eth` a node pushes what it has imported (go-ethereum only looked at the header first, so it is a judgement, no
    /// fact). By `blocks/1` honest peers pass on what only shows in execution.
    private mutating func blame(_ source: BlockSource, for hash: Hash32, isHeader: Bool) {
        switch source.path {
        case .eth: report(.invalidBlock, by: source.peer)
        case .gossip:
            withBlocks { $0.blockRejected(hash, offence: isHeader ? .invalidHeader : nil, from: source.peer, &$1) }
        }
    }

    /// The body isn't the header's. Whoever has sent both together has made it up: no honest node sends a body that it
    /// hasn't checked. A compact block may have been put together wrongly.
    private mutating func otherBody(_ block: PushedBlock) {
        switch block.source.path {
        case .eth: report(.protocolBreach, by: block.source.peer)
        case .gossip: withBlocks { $0.bodyMismatched(block.hash, &$1) }
        }
    }

    /// A block is dropped unjudged. It may come again.
    private mutating func forget(_ block: PushedBlock) { forget(block.hash, block.source) }

    /// A block is of no use, and another copy of it would be no better.
    private mutating func ignore(_ block: PushedBlock) { forget(block.hash, block.source, isForGood: true) }

    private mutating func forget(_ hash: Hash32, _ source: BlockSource, isForGood: Bool = false) {
        guard case .gossip = source.path else { return }
        withBlocks { $0.forget(hash, isForGood: isForGood, &$1) }
    }
}
