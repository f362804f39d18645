import Chain
import Consensus
import DevP2P
import EthCrypto
import Execution
import Gossip
import Primitives
import SansIO
import Storage

/// One piece of work on the chain, for a worker thread: import or seal, then find out what the node must know next.
struct ChainJob: Sendable {
    let store: ChainStore
    let config: ChainConfig
    let engine: any ConsensusEngine
    let executor: any BlockExecutor
    let targetGasLimit: UInt64
    let vanity: [UInt8]
    let head: ChainHead
    /// Nil for a node that doesn't seal.
    let key: PrivateKey?
    /// For sealing the best of the pool, for importing those of the block that the pool has: their senders are known.
    let transactions: [RecoveredTransaction]
    /// Whose accounts the pool wants to know at a new head.
    let senders: [Address]
    let now: Instant
    let random: NodeRandom

    private var importer: ChainImporter {
        ChainImporter(chain: store, config: config, engine: engine, executor: executor)
    }

    private var knownSenders: [Hash32: Address] {
        Dictionary(transactions.map { ($0.transaction.hash, $0.sender) }) { first, _ in first }
    }

    func run(_ work: ChainQueue.Work) -> ChainJobResult {
        var result = ChainJobResult()
        switch work {
        case .download(_, let blocks):
            // The downloader has checked bodies against headers.
            result.outcome = importer.importBlocks(blocks, bodiesAreChecked: true, now: now)
        case .pushed(let checked):
            result.outcome = importer.importBlocks(
                [checked.block], bodiesAreChecked: true, senders: knownSenders, now: now)
        case .seal(let plan): seal(plan, &result)
        case .plan: break
        }
        let head = result.outcome.newHead ?? head
        if result.outcome.newHead != nil { readAccounts(at: head, &result) }
        if result.outcome.newHead != nil || work.isPlan { makePlan(after: head, &result) }
        return result
    }

    private func seal(_ plan: SealPlan, _ result: inout ChainJobResult) {
        guard let key else { return }
        let builder = BlockBuilder(
            chain: store, config: config, engine: engine, executor: executor, targetGasLimit: targetGasLimit)
        do throws(BuildError) {
            let built = try builder.build(on: head, transactions: transactions, plan: plan, key: key)
            result.sealed = built.block
            result.outcome = importer.importBlocks(
                [built.block], bodiesAreChecked: true, senders: knownSenders, durable: true, now: now)
        } catch {
            result.sealFailure = error
        }
    }

    /// An account that can't be read is left as the pool knows it.
    private func readAccounts(at head: ChainHead, _ result: inout ChainJobResult) {
        var state = WorldState(root: head.stateRoot, chain: store)
        for sender in senders {
            guard let account = try? state.account(sender) ?? Account() else { continue }
            result.accounts[sender] = PoolAccount(nonce: account.nonce, balance: account.balance)
        }
    }

    private func makePlan(after head: ChainHead, _ result: inout ChainJobResult) {
        guard let key else { return }
        var random = random
        do throws(ConsensusError) {
            result.plan = try engine.plan(
                after: head, chain: store, signer: key.publicKey.address, vanity: vanity, now: now, random: &random)
        } catch {
            result.sealFailure = .consensus(error)
        }
    }
}

/// What a piece of work on the chain has brought.
struct ChainJobResult: Sendable {
    var outcome = ImportOutcome()
    var sealed: Block?
    var sealFailure: BuildError?
    /// When to seal on top of the new head.
    var plan: SealPlan?
    var accounts: [Address: PoolAccount] = [:]
}

extension ChainQueue.Work {
    fileprivate var isPlan: Bool { if case .plan = self { true } else { false } }
}
