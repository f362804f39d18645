public import Chain
public import Primitives
public import SansIO

/// The part of a sender's account that the pool needs, as of the head.
public struct PoolAccount: Hashable, Sendable {
    /// The nonce of the next transaction.
    public var nonce: UInt64
    /// In wei.
    public var balance: UInt256

    public init(nonce: UInt64, balance: UInt256) {
        self.nonce = nonce
        self.balance = balance
    }
}

/// A transaction for the pool: whose it is, and the state of the account, have been found out by a job.
///
/// The account must be that of the pool's head: a job that read the state of an older one has to be run again.
public struct PoolCandidate: Sendable {
    public let transaction: Transaction
    public let sender: Address
    public let account: PoolAccount

    public init(transaction: Transaction, sender: Address, account: PoolAccount) {
        self.transaction = transaction
        self.sender = sender
        self.account = account
    }
}

/// A transaction in the pool.
public struct PoolTransaction: Sendable {
    public let transaction: Transaction
    public let sender: Address
    /// The order of arrival.
    public let sequence: UInt64
    /// When it came.
    public let added: Instant
    /// The most that it may take from the sender, in wei.
    let cost: UInt256

    public var hash: Hash32 { transaction.hash }
    public var nonce: UInt64 { transaction.nonce }
}
