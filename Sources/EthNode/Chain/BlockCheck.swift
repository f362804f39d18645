import Chain
import Consensus
import DevP2P
import EthCrypto
import EthWire
import KeyValue
import Primitives
import SansIO
import Storage

/// Whether header and body of a pushed block are right, for a worker thread: all that can be told without executing it.
///
/// What is cheap and what only a signer can pass comes first: the header, then the root of the body, then its transactions.
/// So nothing is decoded that no signer has vouched for.
struct BlockCheck: Sendable {
    let chain: ChainStore
    let engine: any ConsensusEngine
    let head: ChainHead
    let block: PushedBlock
    /// Whether a block of this header, with the right body, waits for its import.
    let isPending: Bool
    let now: Instant

    func run() -> BlockCheckResult {
        let verdict: BlockCheckResult.Verdict
        do throws(BlockCheckResult.Fault) { verdict = try self.verdict() } catch { verdict = .fault(error) }
        return BlockCheckResult(block: block, verdict: verdict)
    }

    private var header: Header { block.header }

    private func verdict() throws(BlockCheckResult.Fault) -> BlockCheckResult.Verdict {
        let isStored = try reading { () throws(StorageError) in try chain.contains(block.hash) }
        if isPending || isStored {
            // The header is right; that says nothing of a body that comes with it.
            try checkBody()
            return .known
        }
        guard let parent = try reading({ () throws(StorageError) in try chain.head(header.parentHash) }) else {
            guard let author = engine.plausibleAuthor(of: header, head: head, chain: chain) else { return .stray }
            return .orphan(try checked(author: author, parent: nil))
        }
        let (author, due) = try verified(after: parent)
        let checked = try checked(author: author, parent: parent)
        return due.map { .early(checked, until: $0) } ?? .right(checked)
    }

    /// Who has made the block, and when it is due if it is too early.
    private func verified(after parent: ChainHead) throws(BlockCheckResult.Fault) -> (Address, due: Instant?) {
        do throws(ConsensusError) {
            do throws(ConsensusError) {
                return (try engine.verify(header, parent: parent, chain: chain, now: now).author, nil)
            } catch .futureBlock(let until) {
                return (try engine.author(of: header), until)
            }
        } catch {
            throw fault(.header(error))
        }
    }

    /// Checks the body, then decodes it.
    private func checked(author: Address, parent: ChainHead?) throws(BlockCheckResult.Fault) -> CheckedBlock {
        try checkBody()
        let total = parent?.totalDifficulty.adding(header.difficulty)
        let candidate = total.map { ChainHead(hash: block.hash, header: header, totalDifficulty: $0) }
        let isBetter = candidate.map { engine.isBetter($0, than: head) } ?? false
        return CheckedBlock(block: try decoded(), author: author, isBetter: isBetter, source: block.source)
    }

    private func checkBody() throws(BlockCheckResult.Fault) {
        let broken: BlockRule?
        switch block.content {
        case .block(let block): broken = BodyRules.brokenRule(of: block.body, header: header)
        case .encoded(let block):
            do throws(WireError) {
                let items = try block.items()
                broken = BodyRules.brokenRule(
                    transactions: items.transactions, ommersHash: Keccak256.hash(items.ommers),
                    withdrawals: items.withdrawals, header: header)
            } catch {
                throw .undecodable(error)
            }
        }
        guard broken == nil else { throw .otherBody }
    }

    private func decoded() throws(BlockCheckResult.Fault) -> Block {
        switch block.content {
        case .block(let block): return block
        case .encoded(let block):
            do throws(WireError) { return try block.decoded() } catch { throw .undecodable(error) }
        }
    }

    private func reading<Value>(
        _ read: () throws(StorageError) -> Value
    ) throws(BlockCheckResult.Fault) -> Value {
        do throws(StorageError) { return try read() } catch { throw fault(.storage(error)) }
    }

    private func fault(_ reason: ImportError.Reason) -> BlockCheckResult.Fault {
        .refused(ImportError(number: header.number, hash: block.hash, reason: reason))
    }
}

/// What the check of a block has brought.
struct BlockCheckResult: Sendable {
    enum Verdict: Sendable {
        case right(CheckedBlock)
        /// The parent isn't here. The seal is one of the chain's, as far as that can be told.
        case orphan(CheckedBlock)
        /// The parent isn't here, and none of the signers that are known has made the block.
        case stray
        /// All but the clock is right.
        case early(CheckedBlock, until: Instant)
        /// The block is here already. The body is the header's.
        case known
        case fault(Fault)
    }

    enum Fault: Error, Sendable {
        /// The body isn't the header's.
        case otherBody
        case undecodable(WireError)
        /// The header is wrong, or this node can't judge it.
        case refused(ImportError)
    }

    let block: PushedBlock
    let verdict: Verdict
}
