public import Chain
import Primitives

/// Transfers of value between accounts without code, exact to the last wei and unit of gas; no EVM.
///
/// Transactions of types 0, 1 and 2 are executed as every Ethereum node does: data may go along and is paid for, the base
/// fee is burnt from London on, the tip goes to the author. What would run code is refused: calls of contracts and of the
/// built-in ones, creations, and the types 3 and 4.
public struct TransferExecutor: BlockExecutor {
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
        // Before Byzantium a receipt has the state in between (EIP-658).
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

    // All checks but those that depend on what is before the transaction in the block.
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
        // What doesn't fit in 256 bits nobody has.
        let cost = transaction.maxCost
        guard let cost, cost <= sender.balance else {
            throw .insufficientFunds(required: cost ?? .max, balance: sender.balance)
        }
        let hasCode = try state.account(recipient)?.hasCode ?? false
        guard !hasCode, !BuiltInContracts.contain(recipient, at: fork) else { throw .contractCall(recipient) }
        return sender
    }

    // Moves value and fee, and returns the gas used. The checks have shown that nothing here overflows, except a
    // recipient's balance.
    private func transfer(
        _ recovered: RecoveredTransaction, from account: Account, on state: inout WorldState,
        in context: BlockContext, at fork: Fork
    ) throws(ExecutionError) -> UInt64 {
        let transaction = recovered.transaction
        let intrinsic = transaction.intrinsicGas(at: fork)
        let gas = fork >= .prague ? max(intrinsic, transaction.floorDataGas) : intrinsic
        var sender = account
        sender.nonce += 1
        // Bought at the full limit, and the rest given back: in one step.
        let fee = transaction.gasPrice(baseFee: context.baseFee) &* UInt256(gas)
        sender.balance = sender.balance &- fee &- transaction.value
        try state.setAccount(sender, at: recovered.sender)
        if let recipient = transaction.to { try credit(transaction.value, to: recipient, on: &state, at: fork) }
        // The rest of the fee, the base fee, is nobody's from here on (EIP-1559).
        let tip = (transaction.effectiveTip(baseFee: context.baseFee) ?? .zero) &* UInt256(gas)
        try state.add(tip, to: context.author)
        return gas
    }

    private func credit(
        _ value: UInt256, to recipient: Address, on state: inout WorldState, at fork: Fork
    ) throws(ExecutionError) {
        // Nothing sent to nobody makes no account (EIP-161).
        if value.isZero, fork >= .spuriousDragon, try state.account(recipient) == nil { return }
        try state.add(value, to: recipient)
    }
}
