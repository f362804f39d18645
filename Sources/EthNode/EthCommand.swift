public import Chain
public import DevP2P
public import Gossip
public import Primitives

/// What the program that runs a node tells its chain.
public enum EthCommand: Sendable {
    /// A transaction of the node's own user. The answer is its hash, or why it isn't taken; nil where the node stops before
    /// it is known.
    case submit(Transaction, ReplyTo<Result<Hash32, PoolError>?>)
}
