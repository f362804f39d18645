public import Chain
public import EthCrypto
public import Execution
import Primitives
public import Storage
import Trie

/// Builds and seals a block by an engine's plan. It doesn't store the block: import it like any other.
public struct BlockBuilder: Sendable {
    /// The store with the parent and its state.
    public let chain: ChainStore
    /// The chain's config.
    public let config: ChainConfig
    /// The engine that made the plan and seals the block.
    public let engine: any ConsensusEngine
    /// The executor of transactions.
    public let executor: any BlockExecutor
    /// The gas limit that blocks approach.
    public var targetGasLimit: UInt64

    /// The maximum bytes of transactions in a block. EIP-7934 allows 8 MiB of a whole block, and a block must fit into
    /// a message of 10 MiB.
    public static let maxTransactionBytes = 7 << 20

    /// The gas of the cheapest transaction: a block with less gas left is full.
    private static let minTransactionGas: UInt64 = 21_000

    /// A builder of blocks of this chain.
    public init(
        chain: ChainStore, config: ChainConfig, engine: any ConsensusEngine, executor: any BlockExecutor,
        targetGasLimit: UInt64 = 30_000_000
    ) {
        self.chain = chain
        self.config = config
        self.engine = engine
        self.executor = executor
        self.targetGasLimit = targetGasLimit
    }

    /// Builds a sealed block with the transactions that can be executed, in their order, as far as they fit.
    ///
    /// - Parameters:
    ///   - parent: the block that the plan is for.
    ///   - transactions: the most profitable first; those of one sender by ascending nonce.
    /// - Throws: `nothingToSeal` if none of them could be executed and the plan allows no empty block.
    /// - Complexity: executes every transaction at most once.
    public func build(
        on parent: ChainHead, transactions: [RecoveredTransaction], plan: SealPlan, key: PrivateKey
    ) throws(BuildError) -> BuiltBlock {
        guard plan.parent == parent.hash else { throw .otherParent }
        var header = try draft(on: parent.header, plan: plan)
        var state = WorldState(root: parent.stateRoot, chain: chain)
        let content = try fill(transactions, on: &state, in: BlockContext(header, author: plan.author))
        guard plan.allowsEmptyBlock || !content.receipts.isEmpty else { throw .nothingToSeal }
        header.gasUsed = content.receipts.last?.cumulativeGasUsed ?? 0
        for receipt in content.receipts where !receipt.logs.isEmpty { header.logsBloom.formUnion(receipt.bloom) }
        header.receiptsRoot = OrderedTrie.root(of: content.receipts.map(\.consensusEncoding))
        header.transactionsRoot = OrderedTrie.root(of: content.transactions.map(\.encoded))
        do throws(ExecutionError) {
            header.stateRoot = try state.root()
        } catch {
            throw .execution(error)
        }
        do throws(ConsensusError) {
            header = try engine.seal(header, parent: parent, chain: chain, with: key)
        } catch {
            throw .consensus(error)
        }
        let body = BlockBody(
            transactions: content.transactions, withdrawals: header.withdrawalsRoot == nil ? nil : [])
        return BuiltBlock(
            block: Block(header: header, body: body), receipts: content.receipts, skipped: content.skipped)
    }

    /// The header fields that don't depend on the transactions.
    private func draft(on parent: Header, plan: SealPlan) throws(BuildError) -> Header {
        var header = Header()
        engine.prepare(&header, plan: plan)
        header.gasLimit = GasRules.nextGasLimit(parent: parent, desired: targetGasLimit, config: config)
        if config.isLondon(header.number) {
            guard let baseFee = GasRules.nextBaseFee(parent: parent, config: config) else {
                throw .consensus(.brokenRule(.baseFee))
            }
            header.baseFeePerGas = baseFee
        }
        let fork = config.fork(number: header.number, time: header.timestamp)
        // From Cancun on, each block begins with a call of a contract (EIP-4788), which needs an EVM.
        guard fork < .cancun else { throw .unsupportedFork(fork) }
        if fork >= .shanghai { header.withdrawalsRoot = .emptyTrieRoot }
        return header
    }

    private struct Content {
        var transactions: [Transaction] = []
        var receipts: [Receipt] = []
        var skipped: [SkippedTransaction] = []
    }

    /// Executes the transactions that can be executed. A failed one leaves the state unchanged, and later ones of the
    /// same sender then fail because of their nonces.
    private func fill(
        _ candidates: [RecoveredTransaction], on state: inout WorldState, in context: BlockContext
    ) throws(BuildError) -> Content {
        var content = Content()
        var gasUsed: UInt64 = 0
        var bytes = 0
        for candidate in candidates where bytes + candidate.transaction.size <= Self.maxTransactionBytes {
            guard gasUsed <= context.gasLimit, context.gasLimit - gasUsed >= Self.minTransactionGas else { break }
            do throws(ExecutionError) {
                let receipt = try executor.apply(
                    candidate, on: &state, in: context, gasUsed: gasUsed, config: config)
                gasUsed = receipt.cumulativeGasUsed
                bytes += candidate.transaction.size
                content.transactions.append(candidate.transaction)
                content.receipts.append(receipt)
            } catch .state(let error) {
                throw .execution(.state(error))
            } catch .malformedState(let address) {
                throw .execution(.malformedState(address))
            } catch .storage(let error) {
                throw .execution(.storage(error))
            } catch {
                content.skipped.append(SkippedTransaction(transaction: candidate.transaction, error: error))
            }
        }
        return content
    }
}
