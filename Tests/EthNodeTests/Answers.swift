import Chain
import DevP2P
import EthNode
import Gossip
import NodeCore
import Primitives
import Synchronization

/// What became of what users handed in, by a number that the test gives.
final class Answers: Sendable {
    private let state = Mutex<[UInt64: Result<Hash32, PoolError>]>([:])

    var values: [UInt64: Result<Hash32, PoolError>] { state.withLock { $0 } }

    func submission(_ transaction: Transaction, _ ticket: UInt64) -> NodeInput {
        .submit(transaction, ReplyTo { answer in self.state.withLock { $0[ticket] = answer } })
    }
}

extension NodeInput {
    /// Of a test that doesn't ask what becomes of it.
    static func submit(_ transaction: Transaction, ticket: UInt64) -> NodeInput { .submit(transaction) }
}

extension NodeCore {
    /// The chain of a node that has one.
    var ethNode: EthNode {
        guard let chain else { preconditionFailure("the node has no chain") }
        return chain
    }
}
