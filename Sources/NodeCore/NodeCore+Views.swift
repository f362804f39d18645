public import Gossip
public import Storage

// What others read of a running node.
extension NodeCore {
    /// The chain on disk. Read it on another thread than the node's own.
    public var chainStore: ChainStore { store }

    /// The transactions that wait for a block.
    ///
    /// A view, not to be kept: while somebody holds it, the next change copies the whole pool.
    public var transactionPool: TransactionPool { pool }
}
