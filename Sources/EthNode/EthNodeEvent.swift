public import Primitives
public import SansIO
public import Storage

/// What a person or a program may want to know about a chain as it happens.
public enum EthNodeEvent: Sendable {
    /// The chain's head moved. `dropped` blocks of the old branch were undone.
    case newHead(ChainHead, dropped: Int)
    case sealed(ChainHead, transactions: Int, inTurn: Bool)
    /// It was this node's turn, and there is no block. It tries again.
    case sealingFailed(String)
    /// A block was first seen by this node: pushed, fetched, or sealed by itself.
    case blockArrived(hash: Hash32, number: UInt64, at: Instant, sealedHere: Bool)
    case blockRejected(number: UInt64, hash: Hash32, why: String)
    case syncStarted(target: UInt64)
    case syncProgress(current: UInt64, target: UInt64)
    case syncFinished(number: UInt64)
    /// The node can't go on storing blocks: the disk failed.
    case failed(String)
}
