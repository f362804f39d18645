import Gossip
import Primitives
import Synchronization

/// What the node said of submitted transactions and nobody has looked at yet.
final class FuzzAnswers: Sendable {
    private let state = Mutex<[(Int, Result<Hash32, PoolError>?)]>([])

    func note(_ answer: Result<Hash32, PoolError>?, _ ticket: Int) { state.withLock { $0.append((ticket, answer)) } }

    func take() -> [(Int, Result<Hash32, PoolError>?)] {
        state.withLock { answers in
            defer { answers = [] }
            return answers
        }
    }
}
