import Chain
import EthCrypto
import Execution
import Primitives

/// A transaction executed on a copy of the state that nobody keeps: by the node's own executor, so that the answer is
/// what the chain will say.
struct DryRun {
    private let request: CallRequest
    private let header: Header
    private let chain: ChainReader
    private let executor: any BlockExecutor
    private let fork: Fork

    init(
        _ request: CallRequest, at selector: BlockSelector, _ chain: ChainReader, _ executor: any BlockExecutor
    ) throws(RPCError) {
        self.request = request
        self.chain = chain
        self.executor = executor
        header = try chain.header(selector)
        fork = chain.config.fork(number: header.number, time: header.timestamp)
    }

    /// The gas that the transaction uses.
    ///
    /// - Throws: go-ethereum's errors where it can't be executed, or this node's where it would need an EVM.
    func gasUsed() throws(RPCError) -> UInt64 {
        var state = WorldState(root: header.stateRoot, chain: chain.store)
        let sender = request.from ?? .zero
        // As in go-ethereum, nobody pays: there is no base fee, and the price is zero.
        var context = BlockContext(header, author: .zero)
        context.baseFee = nil
        var limit = header.gasLimit
        do throws(ExecutionError) {
            let account = try state.account(sender) ?? Account()
            limit = gasLimit(balance: account.balance)
            let transaction = transaction(nonce: account.nonce, gasLimit: limit)
            let receipt = try executor.apply(
                RecoveredTransaction(transaction, sender: sender), on: &state, in: context, gasUsed: 0,
                config: chain.config)
            return receipt.cumulativeGasUsed
        } catch {
            throw Self.answer(to: error, limit: limit)
        }
    }

    /// What the caller gave, at most what the block and the balance allow.
    private func gasLimit(balance: UInt256) -> UInt64 {
        var limit = min(request.gas ?? header.gasLimit, header.gasLimit)
        if fork == .osaka { limit = min(limit, Transaction.maxGasLimit) }
        guard let price = request.maxFeePerGas, !price.isZero, let left = balance.subtracting(request.value),
            let affordable = left.dividedBy(price)?.quotient
        else { return limit }
        return affordable.uint64.map { min(limit, $0) } ?? limit
    }

    /// The transaction, signed by a key that means nothing: the executor is told who the sender is.
    private func transaction(nonce: UInt64, gasLimit: UInt64) -> Transaction {
        guard request.accessList.isEmpty else {
            return AccessListTransaction(
                chainID: chain.config.chainID, nonce: nonce, gasPrice: .zero, gasLimit: gasLimit, to: request.to,
                value: request.value, data: request.input, accessList: request.accessList
            ).signed(by: DevAccounts.key(0))
        }
        return LegacyTransaction(
            nonce: nonce, gasPrice: .zero, gasLimit: gasLimit, to: request.to, value: request.value,
            data: request.input
        ).signed(by: DevAccounts.key(0), chainID: nil)
    }

    private static func answer(to error: ExecutionError, limit: UInt64) -> RPCError {
        switch error {
        case .insufficientFunds: .failed("insufficient funds for transfer")
        case .invalidTransaction(.intrinsicGasTooLow), .invalidTransaction(.floorDataGasTooLow):
            .failed("gas required exceeds allowance (\(limit))")
        case .state, .storage, .identity, .malformedState: .internalError(error.description)
        default: .failed(error.description)
        }
    }
}
