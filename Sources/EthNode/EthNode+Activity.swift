import Chain
import Consensus
import DevP2P
import Gossip
import Primitives
import SansIO
import Storage

extension EthNode {
    /// Counts what a piece of work on the chain has done.
    mutating func noteActivity(of work: ChainQueue.Work, _ result: ChainJobResult) {
        let new = result.outcome.imported.dropFirst(result.outcome.knownCount)
        activity.importedBlocks += UInt64(new.count)
        if configuration.genesis.config.clique != nil {
            // EIP-225: difficulty 2 in turn, 1 out of turn.
            activity.outOfTurnBlocks += UInt64(new.count { $0.header.difficulty == 1 })
        }
        activity.noteReorganisation(undone: result.outcome.droppedBlocks)
        guard case .pushed = work, let head = new.last else { return }
        activity.delaySinceTimestamp.note(unixTime - Instant(unixSeconds: head.timestamp))
        guard let arrival = blocks.capability.arrivals.last(where: { $0.hash == head.hash }),
            let heard = arrival.announced ?? arrival.received
        else { return }
        activity.delaySinceHeard.note(now - heard)
    }
}
