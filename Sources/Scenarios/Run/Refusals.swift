import Gossip
import Primitives
import Synchronization

/// Why transactions that were handed to nodes weren't taken, and how often.
final class Refusals: Sendable {
    private let state = Mutex<[String: Int]>([:])

    var counts: [String: Int] { state.withLock { $0 } }

    func note(_ answer: Result<Hash32, PoolError>?) {
        guard case .failure(let error)? = answer else { return }
        state.withLock { $0["\(error)", default: 0] += 1 }
    }
}
