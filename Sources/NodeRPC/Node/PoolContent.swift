public import Chain
public import Primitives

/// The transactions that wait in the pool.
public struct PoolContent: Sendable {
    /// Those of one account, by nonce.
    public struct Entry: Sendable {
        public var sender: Address
        public var transactions: [Transaction]

        public init(sender: Address, transactions: [Transaction]) {
            self.sender = sender
            self.transactions = transactions
        }
    }

    /// Executable now.
    public var pending: [Entry]
    /// Waiting for another one.
    public var queued: [Entry]

    public init(pending: [Entry], queued: [Entry]) {
        self.pending = pending
        self.queued = queued
    }
}
