public import Chain
public import Primitives
import Trie

/// What a transaction sees of the block that it is in.
public struct BlockContext: Hashable, Sendable {
    public var number: UInt64
    /// Seconds since the Unix epoch.
    public var timestamp: UInt64
    public var gasLimit: UInt64
    /// In wei for a unit of gas; nil before London.
    public var baseFee: UInt256?
    /// Who gets the tips. Under Clique that is the signer, not the header's beneficiary.
    public var author: Address

    public init(number: UInt64, timestamp: UInt64, gasLimit: UInt64, baseFee: UInt256?, author: Address) {
        self.number = number
        self.timestamp = timestamp
        self.gasLimit = gasLimit
        self.baseFee = baseFee
        self.author = author
    }

    public init(_ header: Header, author: Address) {
        self.init(
            number: header.number, timestamp: header.timestamp, gasLimit: header.gasLimit,
            baseFee: header.baseFeePerGas, author: author)
    }
}

/// A transaction and who signed it, which takes some 40 microseconds to find out and is then kept.
public struct RecoveredTransaction: Hashable, Sendable {
    public var transaction: Transaction
    public var sender: Address

    public init(_ transaction: Transaction, sender: Address) {
        self.transaction = transaction
        self.sender = sender
    }

    /// Recovers the sender.
    ///
    /// - Parameter fork: before Homestead signatures with a high `s` are valid too (EIP-2).
    /// - Throws: `invalidTransaction` where no key made the signature.
    public init(recovering transaction: Transaction, at fork: Fork = .homestead) throws(ExecutionError) {
        do throws(ChainError) {
            self.init(transaction, sender: try transaction.sender(allowsHighS: fork < .homestead))
        } catch {
            throw .invalidTransaction(error)
        }
    }
}

/// What executing a block gave, besides the new state.
public struct ExecutionOutcome: Hashable, Sendable {
    public var receipts: [Receipt] = []
    public var gasUsed: UInt64 = 0
    public var bloom = Bloom()

    public init() {}

    /// The header's `receiptsRoot`.
    public var receiptsRoot: Hash32 { OrderedTrie.root(of: receipts.map(\.consensusEncoding)) }
}

/// How transactions change the state: the seam behind which an EVM would be.
///
/// An executor is a value without state of its own; everything it reads and writes is in its arguments.
public protocol BlockExecutor: Sendable {
    /// Executes one transaction and returns its receipt. Ends the transaction: nothing before it can be rolled back.
    ///
    /// - Parameter gasUsed: what the block's transactions before it used.
    /// - Throws: why it cannot be in the block at this place; the state is then as before.
    func apply(
        _ transaction: RecoveredTransaction, on state: inout WorldState, in context: BlockContext,
        gasUsed: UInt64, config: ChainConfig
    ) throws(ExecutionError) -> Receipt

    /// Checks whether the transaction could be executed on this state once its turn comes: all that `apply` checks, but
    /// a nonce may be ahead of the account's, and the fee below the base fee. What a pool asks before it takes one.
    func check(
        _ transaction: RecoveredTransaction, on state: inout WorldState, in context: BlockContext, config: ChainConfig
    ) throws(ExecutionError)
}

extension BlockExecutor {
    /// Executes a block: its transactions in order, then the withdrawals (EIP-4895).
    ///
    /// - Throws: `inTransaction`, or what the withdrawals met; the state is then unspecified.
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

    /// As `execute` of the transactions, whose senders are recovered here.
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
    /// Whether accounts that a transaction touched and left empty are removed (EIP-161).
    func removesEmptyAccounts(in context: BlockContext) -> Bool {
        fork(number: context.number, time: context.timestamp) >= .spuriousDragon
    }
}
