public import Chain
public import Primitives
import Trie

/// The properties of a block that its transactions depend on.
public struct BlockContext: Hashable, Sendable {
    /// The block number.
    public var number: UInt64
    /// Seconds since the Unix epoch.
    public var timestamp: UInt64
    /// The gas limit of the block.
    public var gasLimit: UInt64
    /// The base fee in wei per unit of gas; nil before London (EIP-1559).
    public var baseFee: UInt256?
    /// The account that gets the tips. Under Clique that is the signer, not the header's beneficiary.
    public var author: Address

    public init(number: UInt64, timestamp: UInt64, gasLimit: UInt64, baseFee: UInt256?, author: Address) {
        self.number = number
        self.timestamp = timestamp
        self.gasLimit = gasLimit
        self.baseFee = baseFee
        self.author = author
    }

    /// The context of the block with this header.
    public init(_ header: Header, author: Address) {
        self.init(
            number: header.number, timestamp: header.timestamp, gasLimit: header.gasLimit,
            baseFee: header.baseFeePerGas, author: author)
    }
}

/// A transaction with its sender, whose recovery from the signature takes some 40 microseconds.
public struct RecoveredTransaction: Hashable, Sendable {
    /// The transaction.
    public var transaction: Transaction
    /// The account that signed it.
    public var sender: Address

    /// A transaction whose sender is known. The sender isn't checked.
    public init(_ transaction: Transaction, sender: Address) {
        self.transaction = transaction
        self.sender = sender
    }

    /// Recovers the sender from the signature.
    ///
    /// - Parameter fork: before Homestead signatures with a high `s` are valid too (EIP-2).
    /// - Throws: `invalidTransaction` if no key made the signature.
    public init(recovering transaction: Transaction, at fork: Fork = .homestead) throws(ExecutionError) {
        do throws(ChainError) {
            self.init(transaction, sender: try transaction.sender(allowsHighS: fork < .homestead))
        } catch {
            throw .invalidTransaction(error)
        }
    }
}

/// The result of executing a block, besides the new state.
public struct ExecutionOutcome: Hashable, Sendable {
    /// One receipt per transaction, in order.
    public var receipts: [Receipt] = []
    /// The gas used by all transactions.
    public var gasUsed: UInt64 = 0
    /// The union of the receipts' blooms.
    public var bloom = Bloom()

    /// The outcome of an empty block.
    public init() {}

    /// The header's `receiptsRoot`.
    public var receiptsRoot: Hash32 { OrderedTrie.root(of: receipts.map(\.consensusEncoding)) }
}

/// How transactions change the state: the protocol that an EVM would implement.
///
/// An executor has no state; everything it reads and writes is in its arguments.
public protocol BlockExecutor: Sendable {
    /// Executes one transaction and returns its receipt. Its changes are final then and can't be rolled back.
    ///
    /// - Parameter gasUsed: the gas used by the block's previous transactions.
    /// - Throws: why it cannot be in the block at this index; the state is then unchanged.
    func apply(
        _ transaction: RecoveredTransaction, on state: inout WorldState, in context: BlockContext,
        gasUsed: UInt64, config: ChainConfig
    ) throws(ExecutionError) -> Receipt

    /// Checks whether the transaction could be executed on this state later: everything that `apply` checks, except
    /// that the nonce may be above the account's and the fee below the base fee. A transaction pool calls it before
    /// adding one.
    func check(
        _ transaction: RecoveredTransaction, on state: inout WorldState, in context: BlockContext, config: ChainConfig
    ) throws(ExecutionError)
}

extension BlockExecutor {
    /// Executes a block: its transactions in order, then the withdrawals (EIP-4895).
    ///
    /// - Throws: `inTransaction`, or an error of a withdrawal; the state is then unspecified.
    public func execute(
        _ transactions: [RecoveredTransaction], withdrawals: [Withdrawal] = [], on state: inout WorldState,
        in context: BlockContext, config: ChainConfig
    ) throws(ExecutionError) -> ExecutionOutcome {
        var outcome = ExecutionOutcome()
        outcome.receipts.reserveCapacity(transactions.count)
        for (index, transaction) in transactions.enumerated() {
            let receipt: Receipt
            do throws(ExecutionError) {
                receipt = try apply(transaction, on: &state, in: context, gasUsed: outcome.gasUsed, config: config)
            } catch {
                throw .inTransaction(index: index, error)
            }
            outcome.gasUsed = receipt.cumulativeGasUsed
            if !receipt.logs.isEmpty { outcome.bloom.formUnion(receipt.bloom) }
            outcome.receipts.append(receipt)
        }
        for withdrawal in withdrawals {
            // 64 bits of gwei always fit in 256 bits of wei.
            let wei = UInt256(withdrawal.amount) &* UInt256(1_000_000_000)
            try state.add(wei, to: withdrawal.address)
        }
        state.finishTransaction(removingEmpty: config.removesEmptyAccounts(in: context))
        return outcome
    }

    /// Executes a block after recovering the senders of its transactions.
    ///
    /// - Throws: also `invalidTransaction` within `inTransaction`.
    public func execute(
        _ body: BlockBody, on state: inout WorldState, in context: BlockContext, config: ChainConfig
    ) throws(ExecutionError) -> ExecutionOutcome {
        let fork = config.fork(number: context.number, time: context.timestamp)
        var transactions: [RecoveredTransaction] = []
        transactions.reserveCapacity(body.transactions.count)
        for (index, transaction) in body.transactions.enumerated() {
            do throws(ExecutionError) {
                transactions.append(try RecoveredTransaction(recovering: transaction, at: fork))
            } catch {
                throw .inTransaction(index: index, error)
            }
        }
        return try execute(
            transactions, withdrawals: body.withdrawals ?? [], on: &state, in: context, config: config)
    }
}

extension ChainConfig {
    /// Whether empty accounts are removed after the transaction that touched them (EIP-161).
    func removesEmptyAccounts(in context: BlockContext) -> Bool {
        fork(number: context.number, time: context.timestamp) >= .spuriousDragon
    }
}
