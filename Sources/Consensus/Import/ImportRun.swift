import Chain
import Execution
import KeyValue
import Primitives
import SansIO
import Storage

/// One call of `importBlocks`.
struct ImportRun {
    let importer: ChainImporter
    let now: Instant
    let bodiesAreChecked: Bool
    let senders: [Hash32: Address]
    var outcome = ImportOutcome()
    /// The canonical head after the last batch; nil until it is read.
    private var head: ChainHead?
    /// The last block added and the state after it, on which the next block usually builds.
    private var last: ChainHead?
    private var state: WorldState?

    /// The number of cached trie nodes and accounts above which the state is discarded: some tens of megabytes.
    private static let maxCachedState = 100_000

    init(importer: ChainImporter, now: Instant, bodiesAreChecked: Bool, senders: [Hash32: Address]) {
        self.importer = importer
        self.now = now
        self.bodiesAreChecked = bodiesAreChecked
        self.senders = senders
    }

    private var chain: ChainStore { importer.chain }

    mutating func add(_ block: Block, durable: Bool) throws(ImportError.Reason) {
        let current = try currentHead(for: block)
        if let known = try reading({ () throws(StorageError) in try chain.head(block.hash) }) {
            outcome.knownCount += 1
            // The stored body is used, because only that was checked.
            let stored = try reading { () throws(StorageError) in try chain.block(known.hash) }
            guard let stored else { throw .unknownParent(known.hash) }
            try commit(known, stored, over: current, WriteBatch(), durable: durable)
            return
        }
        guard let parent = try self.parent(of: block) else { throw .unknownParent(block.header.parentHash) }
        let verified = try verify(block, parent: parent)
        var batch = verified.records
        let total = parent.totalDifficulty.adding(block.header.difficulty)
        guard let total else { throw .header(.brokenRule(.difficulty)) }
        let receipts = try execute(block, on: parent, author: verified.author, into: &batch)
        batch.put(block: block, receipts: receipts, totalDifficulty: total)
        let candidate = ChainHead(hash: block.hash, header: block.header, totalDifficulty: total)
        try commit(candidate, block, over: current, batch, durable: durable)
    }

    /// The outcome, with only the net changes of the run.
    consuming func finish() -> ImportOutcome {
        guard outcome.droppedBlocks > 0 else { return outcome }
        // A block may have joined the canonical chain and left it again within the run.
        let chain = self.chain
        func isIncluded(_ transaction: Transaction) -> Bool {
            (try? chain.transactionLocation(transaction.hash)) != nil
        }
        outcome.droppedTransactions.removeAll(where: isIncluded)
        outcome.addedTransactions.removeAll { !isIncluded($0) }
        return outcome
    }

    private mutating func currentHead(for block: Block) throws(ImportError.Reason) -> ChainHead {
        if let head { return head }
        let stored = try reading { () throws(StorageError) in try chain.head() }
        guard let stored else { throw .unknownParent(block.header.parentHash) }
        head = stored
        return stored
    }

    private func parent(of block: Block) throws(ImportError.Reason) -> ChainHead? {
        if let last, last.hash == block.header.parentHash { return last }
        return try reading { () throws(StorageError) in try chain.head(block.header.parentHash) }
    }

    private func verify(_ block: Block, parent: ChainHead) throws(ImportError.Reason) -> VerifiedHeader {
        let verified: VerifiedHeader
        do throws(ConsensusError) {
            verified = try importer.engine.verify(block.header, parent: parent, chain: chain, now: now)
        } catch {
            throw .header(error)
        }
        if !bodiesAreChecked, let broken = BodyRules.brokenRule(of: block.body, header: block.header) {
            throw .block(broken)
        }
        return verified
    }

    /// Executes the block, checks the results, and adds its state to the batch.
    private mutating func execute(
        _ block: Block, on parent: ChainHead, author: Address, into batch: inout WriteBatch
    ) throws(ImportError.Reason) -> [Receipt] {
        let cached = last?.hash == parent.hash ? state : nil
        state = nil
        var next = cached ?? WorldState(root: parent.stateRoot, chain: chain)
        let result: ExecutionOutcome
        let root: Hash32
        do throws(ExecutionError) {
            let context = BlockContext(block.header, author: author)
            result = try importer.executor.execute(
                try recovered(block.transactions), withdrawals: block.body.withdrawals ?? [], on: &next, in: context,
                config: importer.config)
            root = try next.commit(into: &batch)
        } catch {
            throw .execution(error)
        }
        let header = block.header
        guard result.gasUsed == header.gasUsed else { throw .block(.gasUsed) }
        guard result.bloom == header.logsBloom else { throw .block(.logsBloom) }
        guard result.receiptsRoot == header.receiptsRoot else { throw .block(.receiptsRoot) }
        guard root == header.stateRoot else { throw .block(.stateRoot) }
        if next.cachedCount <= Self.maxCachedState { state = next }
        return result.receipts
    }

    private func recovered(_ transactions: [Transaction]) throws(ExecutionError) -> [RecoveredTransaction] {
        var recovered: [RecoveredTransaction] = []
        recovered.reserveCapacity(transactions.count)
        for (index, transaction) in transactions.enumerated() {
            if let sender = senders[transaction.hash] {
                recovered.append(RecoveredTransaction(transaction, sender: sender))
                continue
            }
            do throws(ExecutionError) {
                recovered.append(try RecoveredTransaction(recovering: transaction))
            } catch {
                throw .inTransaction(index: index, error)
            }
        }
        return recovered
    }

    /// Writes the batch, and moves the canonical chain to the block if the engine prefers it to the head.
    private mutating func commit(
        _ candidate: ChainHead, _ block: Block, over current: ChainHead, _ changes: WriteBatch, durable: Bool
    ) throws(ImportError.Reason) {
        var batch = changes
        let isBetter = importer.engine.isBetter(candidate, than: current)
        if isBetter {
            let move = try reading { () throws(StorageError) in
                try Reorganization(from: current, to: block, chain: chain)
            }
            move.write(into: &batch)
            outcome.droppedBlocks += move.dropped.count
            let room = ImportOutcome.maxDroppedTransactions - outcome.droppedTransactions.count
            outcome.droppedTransactions += move.dropped.lazy.flatMap(\.transactions).prefix(max(0, room))
            outcome.addedTransactions += move.added.flatMap(\.transactions)
        }
        if !batch.isEmpty {
            try reading { () throws(StorageError) in try chain.store.write(batch, durable: durable) }
        }
        if isBetter {
            head = candidate
            outcome.newHead = candidate
        }
        // A block that was known already was not executed, so its state isn't cached.
        if changes.isEmpty { state = nil }
        last = candidate
        outcome.imported.append(candidate)
    }

    private func reading<Value>(_ body: () throws(StorageError) -> Value) throws(ImportError.Reason) -> Value {
        do throws(StorageError) {
            return try body()
        } catch {
            throw .storage(error)
        }
    }
}
