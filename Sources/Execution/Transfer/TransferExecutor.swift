public import Chain
import Primitives

/// Executes transfers of value between accounts without code, exact in wei and gas; it has no EVM.
///
/// Transactions of types 0, 1 and 2 are executed as by every Ethereum node: data is allowed and paid for, the base fee
/// is burnt from London on, the tip goes to the author. What would run code is refused: calls of contracts, also
/// precompiled ones, creations, and the types 3 and 4.
public struct TransferExecutor: BlockExecutor {
    /// An executor; all are the same.
    public init() {}

    public func apply(
        _ transaction: RecoveredTransaction, on state: inout WorldState, in context: BlockContext,
        gasUsed: UInt64, config: ChainConfig
    ) throws(ExecutionError) -> Receipt {
        let account = try checkedSender(transaction, on: &state, in: context, config: config)
        let nonce = transaction.transaction.nonce
        guard nonce == account.nonce else { throw .nonceTooHigh(expected: account.nonce, found: nonce) }
        if let baseFee = context.baseFee, transaction.transaction.maxFeePerGas < baseFee {
            throw .maxFeeBelowBaseFee(maxFee: transaction.transaction.maxFeePerGas, baseFee: baseFee)
        }
        let available = context.gasLimit - min(gasUsed, context.gasLimit)
        let limit = transaction.transaction.gasLimit
        guard limit <= available else { throw .blockGasLimitReached(required: limit, available: available) }
        let fork = config.fork(number: context.number, time: context.timestamp)
        let snapshot = state.snapshot()
        let gas: UInt64
        do throws(ExecutionError) {
            gas = try transfer(transaction, from: account, on: &state, in: context, at: fork)
        } catch {
            state.roll(backTo: snapshot)
            throw error
        }
        state.finishTransaction(removingEmpty: config.removesEmptyAccounts(in: context))
        // Before Byzantium a receipt has the state root after its transaction (EIP-658).
        let status: Receipt.Status = fork >= .byzantium ? .succeeded : .root(try state.root())
        return Receipt(
            type: transaction.transaction.type.rawValue, status: status, cumulativeGasUsed: gasUsed + gas)
    }

    public func check(
        _ transaction: RecoveredTransaction, on state: inout WorldState, in context: BlockContext, config: ChainConfig
    ) throws(ExecutionError) {
        _ = try checkedSender(transaction, on: &state, in: context, config: config)
        let limit = transaction.transaction.gasLimit
        guard limit <= context.gasLimit else {
            throw .blockGasLimitReached(required: limit, available: context.gasLimit)
        }
    }

    // All checks except those that depend on the transactions before it in the block.
    private func checkedSender(
        _ recovered: RecoveredTransaction, on state: inout WorldState, in context: BlockContext, config: ChainConfig
    ) throws(ExecutionError) -> Account {
        let transaction = recovered.transaction
        let fork = config.fork(number: context.number, time: context.timestamp)
        do throws(ChainError) {
            try transaction.check(at: fork, chainID: config.chainID)
        } catch {
            throw .invalidTransaction(error)
        }
        switch transaction.type {
        case .legacy, .accessList, .dynamicFee: break
        case .blob, .setCode: throw .unsupportedType(transaction.type)
        }
        guard let recipient = transaction.to else { throw .contractCreation }
        let sender = try state.account(recovered.sender) ?? Account()
        guard transaction.nonce >= sender.nonce else {
            throw .nonceTooLow(expected: sender.nonce, found: transaction.nonce)
        }
        guard sender.nonce < .max else { throw .nonceExhausted }
        guard !sender.hasCode else { throw .senderHasCode(recovered.sender) }
        // A cost of more than 256 bits exceeds every balance.
        let cost = transaction.maxCost
        guard let cost, cost <= sender.balance else {
            throw .insufficientFunds(required: cost ?? .max, balance: sender.balance)
        }
        let hasCode = try state.account(recipient)?.hasCode ?? false
        guard !hasCode, !BuiltInContracts.contain(recipient, at: fork) else { throw .contractCall(recipient) }
        return sender
    }

    // Moves value and fee, and returns the gas used. After the checks nothing can overflow except a recipient's
    // balance.
    private func transfer(
        _ recovered: RecoveredTransaction, from account: Account, on state: inout WorldState,
        in context: BlockContext, at fork: Fork
    ) throws(ExecutionError) -> UInt64 {
        let transaction = recovered.transaction
        let intrinsic = transaction.intrinsicGas(at: fork)
        let gas = fork >= .prague ? max(intrinsic, transaction.floorDataGas) : intrinsic
        var sender = account
        sender.nonce += 1
        // Buying gas up to the limit and refunding the rest, in one step.
        let fee = transaction.gasPrice(baseFee: context.baseFee) &* UInt256(gas)
        sender.balance = sender.balance &- fee &- transaction.value
        try state.setAccount(sender, at: recovered.sender)
        if let recipient = transaction.to { try credit(transaction.value, to: recipient, on: &state, at: fork) }
        // The rest of the fee, the base fee, is burnt (EIP-1559).
        let tip = (transaction.effectiveTip(baseFee: context.baseFee) ?? .zero) &* UInt256(gas)
        try state.add(tip, to: context.author)
        return gas
    }

    private func credit(
        _ value: UInt256, to recipient: Address, on state: inout WorldState, at fork: Fork
    ) throws(ExecutionError) {
        // A value of zero doesn't create an account (EIP-161).
        if value.isZero, fork >= .spuriousDragon, try state.account(recipient) == nil { return }
        try state.add(value, to: recipient)
    }
}
