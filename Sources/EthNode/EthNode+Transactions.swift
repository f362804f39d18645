import Chain
import Consensus
import DevP2P
import EthWire
import Execution
import Gossip
import Primitives
import SansIO
import Storage

// A transaction's way: from a peer or a user -> admission (a job) -> pool -> gossip -> peers.
extension EthNode {
    mutating func transactionMessage(_ message: EthMessage, from peer: Peer) {
        transactions.isAccepting = !isSyncing
        _ = transactions.received(message, from: peer, pool: pool, now: now)
    }

    mutating func take(_ command: EthCommand) {
        switch command {
        case .submit(let transaction, let receiver):
            guard !isStopping else { return node.effects.append(.reply(receiver.reply(nil))) }
            submit(transaction, ticket: submissions.add(receiver))
        }
    }

    private mutating func submit(_ transaction: Transaction, ticket: UInt64) {
        if pool.contains(transaction.hash) { return answer(ticket, .failure(.alreadyKnown)) }
        do throws(PoolError) {
            try pool.check(transaction)
        } catch {
            return answer(ticket, .failure(error))
        }
        guard admission.enqueue(.init(transaction: transaction, origin: .user(ticket: ticket))) else {
            return answer(ticket, .failure(.queueFull))
        }
        beginAdmission()
    }

    private mutating func answer(_ ticket: UInt64, _ result: Result<Hash32, PoolError>) {
        guard let receiver = submissions.take(ticket) else { return }
        node.effects.append(.reply(receiver.reply(result)))
    }

    /// Carries out what transaction gossip wants.
    ///
    /// - Returns: whether there was anything.
    mutating func carryOutTransactions() -> Bool {
        let actions = transactions.takeActions()
        for action in actions {
            switch action {
            case .send(let message, let receivers): sendEth(message, to: receivers)
            case .offence(let offence, let peer): report(offence, by: peer)
            case .credit(let merit, let peer, let bytes, let latency):
                credit(merit, to: peer, bytes: bytes, latency: latency)
            case .validate(let fresh, let peer): validate(fresh, from: peer)
            }
        }
        return !actions.isEmpty
    }

    private mutating func validate(_ fresh: [Transaction], from peer: Peer) {
        for transaction in fresh {
            do throws(PoolError) {
                try pool.check(transaction)
                guard admission.enqueue(.init(transaction: transaction, origin: .peer(peer))) else {
                    throw .queueFull
                }
            } catch {
                transactions.validated(transaction.hash, error: error, from: peer, now: now)
            }
        }
        beginAdmission()
    }

    /// What waits of a peer that left is still checked, as far as there is room for it.
    mutating func transactionPeerLeft(_ peer: Peer) {
        transactions.peerLeft(peer, now: now)
        for entry in admission.peerLeft(peer) { settle(entry, .failure(.queueFull)) }
    }

    private mutating func beginAdmission() {
        guard let batch = admission.begin() else { return }
        run(batch.map { ($0, nil) })
    }

    private mutating func run(_ entries: [(entry: Admission.Entry, sender: Address?)]) {
        let job = AdmissionJob(
            store: store, config: configuration.genesis.config, executor: configuration.executor, head: chain.head,
            entries: entries)
        run("check transactions") { .admission(job.run()) }
    }

    mutating func admissionCompleted(_ result: AdmissionResult) {
        guard result.head == chain.head.hash else {
            // The accounts are those of an older head: look again. What is known of the senders is kept.
            return run(result.checked.map { ($0.entry, (try? $0.result.get())?.sender) })
        }
        admission.finish()
        var ready: [Hash32] = []
        for (entry, checked) in result.checked {
            let hash = entry.transaction.hash
            do throws(PoolError) {
                let addition = try pool.add(try checked.get(), now: now)
                ready += addition.promoted
                settle(entry, .success(hash))
            } catch {
                settle(entry, .failure(error))
            }
        }
        blocks.capability.noteFresh(ready, now: now)
        transactions.added(ready, pool: pool, now: now)
        if !ready.isEmpty { sealer.wake() }
        beginAdmission()
    }

    /// Tells whoever brought a transaction what became of it.
    private mutating func settle(_ entry: Admission.Entry, _ result: Result<Hash32, PoolError>) {
        let error: PoolError? = if case .failure(let error) = result { error } else { nil }
        switch entry.origin {
        case .peer(let peer):
            transactions.validated(entry.transaction.hash, error: error, from: peer, now: now)
            if error == nil { credit(.firstTransaction, to: peer) }
        case .user(let ticket): answer(ticket, result)
        case .reorganization: break
        }
    }

    /// Takes the pool to a new head.
    mutating func followPool(_ head: ChainHead, _ result: ChainJobResult) {
        let included = result.outcome.addedTransactions.map(\.hash)
        transactions.included(included, now: now)
        let config = configuration.genesis.config
        let update = pool.newHead(
            PoolHead(after: head.header, config: config, nextTime: unixTime.unixSeconds), included: included,
            accounts: result.accounts, now: now)
        transactions.added(update.promoted, pool: pool, now: now)
        for transaction in result.outcome.droppedTransactions {
            _ = admission.enqueue(.init(transaction: transaction, origin: .reorganization))
        }
        beginAdmission()
    }
}
