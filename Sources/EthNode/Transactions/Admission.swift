import Chain
import DevP2P
import EthWire
import Execution
import Gossip
import Primitives
import SansIO
import Storage

/// The transactions that wait to be checked, one batch at a time: recovering a sender and reading an account is a
/// worker thread's business.
///
/// Each peer has a share of its own and they are served in turn, so that nobody's worthless transactions push out those of
/// others. The node's own come first, up to half of a batch while peers wait.
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

    private enum Local: Hashable { case user, reorganization }

    private enum Remote: Hashable {
        case peer(ConnectionID)
        /// Those who left while theirs waited have one share together.
        case departed
    }

    /// As go-ethereum adds them.
    private static let batchSize = 128
    /// A share holds whatever one message holds.
    private static let remoteLimits = ShareLimits(
        count: EthLimits.maxTransactions, bytes: EthLimits.maxMessageBytes, totalCount: 65_536, totalBytes: 64 << 20)
    private static let localLimits = ShareLimits(
        count: 16_384, bytes: 32 << 20, totalCount: 32_768, totalBytes: 64 << 20)

    private var local = SharedQueue<Local, Entry>(localLimits)
    private var remote = SharedQueue<Remote, Entry>(remoteLimits)
    private(set) var isUnderway = false

    /// False where too many of the same origin are waiting.
    mutating func enqueue(_ entry: Entry) -> Bool {
        let bytes = entry.transaction.size
        return switch entry.origin {
        case .user: local.append(entry, bytes: bytes, of: .user)
        case .reorganization: local.append(entry, bytes: bytes, of: .reorganization)
        case .peer(let peer): remote.append(entry, bytes: bytes, of: .peer(peer.connection))
        }
    }

    /// A peer has left: what waits of it moves to the share of those who left.
    ///
    /// - Returns: what that has no room for.
    mutating func peerLeft(_ peer: Peer) -> [Entry] {
        remote.removeAll(of: .peer(peer.connection)).filter {
            !remote.append($0, bytes: $0.transaction.size, of: .departed)
        }
    }

    /// The next batch; nil where one is underway, or there is none.
    mutating func begin() -> [Entry]? {
        guard !isUnderway, !local.isEmpty || !remote.isEmpty else { return nil }
        isUnderway = true
        var batch: [Entry] = []
        while batch.count < Self.batchSize / 2, let entry = local.popFirst() { batch.append(entry) }
        while batch.count < Self.batchSize, let entry = remote.popFirst() ?? local.popFirst() { batch.append(entry) }
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
                .inTransaction, .state, .malformedState, .storage, .identity:
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
