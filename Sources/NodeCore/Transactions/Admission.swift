import Chain
import DevP2P
import Execution
import Gossip
import Primitives
import SansIO
import Storage

/// The transactions that wait to be checked, one batch at a time: recovering a sender and reading an account is a
/// worker thread's business.
struct Admission: Sendable {
    enum Origin: Sendable {
        case peer(Peer)
        /// The node's own user, who waits for an answer.
        case user(ticket: UInt64)
        /// A block that left the chain.
        case reorganization
    }

    struct Entry: Sendable {
        let transaction: Transaction
        let origin: Origin
    }

    /// As go-ethereum adds them.
    private static let batchSize = 128

    private var waiting = BoundedQueue<Entry>(maxCount: 16_384, maxBytes: 32 << 20)
    private(set) var isUnderway = false

    /// False where too many are waiting.
    mutating func enqueue(_ entry: Entry) -> Bool { waiting.append(entry, bytes: entry.transaction.size) }

    /// The next batch; nil where one is underway, or there is none.
    mutating func begin() -> [Entry]? {
        guard !isUnderway, !waiting.isEmpty else { return nil }
        isUnderway = true
        var batch: [Entry] = []
        while batch.count < Self.batchSize, let entry = waiting.popFirst() { batch.append(entry) }
        return batch
    }

    mutating func finish() { isUnderway = false }
}

/// Checks a batch against the state of a head.
struct AdmissionJob: Sendable {
    let store: ChainStore
    let config: ChainConfig
    let executor: any BlockExecutor
    let head: ChainHead
    /// Senders are kept from an earlier run, where the head moved in the meantime.
    let entries: [(entry: Admission.Entry, sender: Address?)]

    func run() -> AdmissionResult {
        var state = WorldState(root: head.stateRoot, chain: store)
        var context = BlockContext(head.header, author: Address())
        context.number &+= 1
        let checked = entries.map { entry, sender in
            (entry, check(entry.transaction, sender: sender, &state, context))
        }
        return AdmissionResult(head: head.hash, checked: checked)
    }

    private func check(
        _ transaction: Transaction, sender: Address?, _ state: inout WorldState, _ context: BlockContext
    ) -> Result<PoolCandidate, PoolError> {
        do throws(ExecutionError) {
            let recovered: RecoveredTransaction
            if let sender {
                recovered = RecoveredTransaction(transaction, sender: sender)
            } else {
                recovered = try RecoveredTransaction(recovering: transaction)
            }
            let account = try state.account(recovered.sender) ?? Account()
            if let error = refusal(of: recovered, &state, context) { return .failure(error) }
            return .success(
                PoolCandidate(
                    transaction: transaction, sender: recovered.sender,
                    account: PoolAccount(nonce: account.nonce, balance: account.balance)))
        } catch .invalidTransaction(let error) {
            return .failure(.invalid(error))
        } catch {
            return .failure(.notExecutable(error))
        }
    }

    /// What the executor has against it. Nonces, balances and fees are the pool's to judge, which knows what else the
    /// sender has sent.
    private func refusal(
        of transaction: RecoveredTransaction, _ state: inout WorldState, _ context: BlockContext
    ) -> PoolError? {
        do throws(ExecutionError) {
            try executor.check(transaction, on: &state, in: context, config: config)
            return nil
        } catch {
            switch error {
            case .nonceTooLow, .nonceTooHigh, .insufficientFunds, .maxFeeBelowBaseFee, .blockGasLimitReached: return nil
            case .invalidTransaction(let error): return .invalid(error)
            case .nonceExhausted, .senderHasCode, .balanceOverflow, .contractCall, .contractCreation, .unsupportedType,
                .inTransaction, .state, .malformedState, .storage:
                return .notExecutable(error)
            }
        }
    }
}

struct AdmissionResult: Sendable {
    /// The head whose state was read.
    let head: Hash32
    let checked: [(entry: Admission.Entry, result: Result<PoolCandidate, PoolError>)]
}
