import Chain
import Consensus
import DevP2P
import EthWire
import Execution
import Gossip
import Primitives
import SansIO
import Storage
import Sync

// Everything that changes the chain goes through `ChainQueue`, one job at a time.
extension EthNode {
    /// Whether blocks are being fetched: then the node neither seals nor announces.
    var isSyncing: Bool { downloader.progress != nil }

    mutating func enqueue(_ work: ChainQueue.Work) {
        chain.enqueue(work)
        beginChainWork()
    }

    mutating func beginChainWork() {
        guard let work = chain.begin() else { return }
        let job = ChainJob(
            store: store, config: configuration.genesis.config, engine: configuration.engine,
            executor: configuration.executor, targetGasLimit: configuration.targetGasLimit,
            vanity: configuration.extraVanity, head: chain.head, key: sealer.key,
            transactions: pooled(for: work), senders: pool.senders, now: unixTime, random: node.random.fork())
        run(work.name) { .chain(job.run(work)) }
    }

    mutating func chainJobCompleted(_ result: ChainJobResult) {
        guard let work = chain.finish() else { return }
        noteActivity(of: work, result)
        if let head = result.outcome.newHead { headMoved(to: head, by: work, result) }
        switch work {
        case .download(let id, let blocks):
            downloader.importCompleted(id, result.outcome, now: now)
            relayDownloaded(blocks, head: result.outcome.newHead)
        case .pushed(let checked): imported(checked, result)
        case .seal(let plan): sealed(plan, result)
        case .plan:
            sealer.set(result.plan)
            if let failure = result.sealFailure { emit(.sealingFailed("\(failure)")) }
        }
        if case .storage(let error)? = result.outcome.failure?.error.reason {
            emit(.failed("blocks can't be stored: \(error)"))
        }
        beginChainWork()
    }

    private mutating func headMoved(to head: ChainHead, by work: ChainQueue.Work, _ result: ChainJobResult) {
        let before = eth.capability.chain.recordEntry
        chain.head = head
        eth.capability.chain.head = head
        node.effects.append(.candidateFilter(candidateFilter))
        updateRecord(from: before)
        sealer.set(result.plan)
        followPool(head, result)
        emit(.newHead(head, dropped: result.outcome.droppedBlocks))
        announceRange()
        reminder.reset(now: now)
        blocks.capability.headNumber = head.number
        // The downloader learns of its own imports by their completion.
        if case .download = work { return }
        downloader.localHeadChanged(head, now: now)
    }

    /// The record's fork id follows the head; it changes a few times in a chain's life.
    private mutating func updateRecord(from before: [UInt8]) {
        let entry = eth.capability.chain.recordEntry
        if entry != before { node.effects.append(.recordEntry("eth", rlp: entry)) }
    }

    /// Which nodes are on our chain, as far as their records tell.
    var candidateFilter: ForkFilter {
        ForkFilter(schedule: forks, number: chain.head.number, time: chain.head.timestamp)
    }
}

// Sealing.
extension EthNode {
    /// Finds out when to seal on top of the head that the node starts with.
    mutating func planSealing() {
        if sealer.key != nil, !isStopping { enqueue(.plan) }
    }

    mutating func sealIfDue() {
        guard !isSyncing, !isStopping,
            let plan = sealer.takeDue(head: chain.head.hash, hasTransactions: !pool.isEmpty, now: unixTime)
        else { return }
        enqueue(.seal(plan))
    }

    private mutating func sealed(_ plan: SealPlan, _ result: ChainJobResult) {
        sealer.isUnderway = false
        guard let block = result.sealed, let head = result.outcome.imported.last else {
            if case .nothingToSeal? = result.sealFailure {
                if plan.parent == chain.head.hash { sealer.rest(plan, now: unixTime) }
                return
            }
            emit(.sealingFailed("\(result.sealFailure.map { "\($0)" } ?? "the block was not imported")"))
            // Unless another block has come in the meantime, the next try is as good as this one.
            if plan.parent == chain.head.hash { sealer.retry(plan, at: unixTime + .seconds(1)) }
            return
        }
        emit(.blockArrived(hash: block.hash, number: block.number, at: now, sealedHere: true))
        emit(.sealed(head, transactions: block.transactions.count, inTurn: plan.inTurn))
        relay(block, totalDifficulty: head.totalDifficulty, from: nil, isOwn: true)
    }

    /// What the pool has for a piece of work: all that a new block can hold, with some to spare for what fails, or what
    /// a pushed block holds.
    private func pooled(for work: ChainQueue.Work) -> [RecoveredTransaction] {
        let transactions: [PoolTransaction] =
            switch work {
            case .seal:
                pool.candidates(baseFee: pool.head.baseFee, gasLimit: chain.head.header.gasLimit)
            case .pushed(let checked): checked.block.transactions.compactMap { pool[$0.hash] }
            case .download, .plan: []
            }
        return transactions.map { RecoveredTransaction($0.transaction, sender: $0.sender) }
    }
}

extension ChainQueue.Work {
    fileprivate var name: StaticString {
        switch self {
        case .download: "import downloaded blocks"
        case .pushed: "import a block"
        case .seal: "seal a block"
        case .plan: "plan sealing"
        }
    }
}
