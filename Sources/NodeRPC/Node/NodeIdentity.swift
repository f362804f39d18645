public import NodeRecord
public import Primitives

/// Where a node listens, and who it is.
public struct NodeIdentity: Sendable {
    public var contact: NodeContact
    /// The signed record, in ENR's text form; nil without discovery.
    public var record: String?
    /// Where the TCP socket listens.
    public var listenAddress: Endpoint?

    public init(contact: NodeContact, record: String?, listenAddress: Endpoint?) {
        self.contact = contact
        self.record = record
        self.listenAddress = listenAddress
    }
}

/// Counts that change all the time.
public struct NodeActivity: Sendable {
    public var peerCount: Int
    /// Executable transactions in the pool.
    public var pendingCount: Int
    /// Transactions in the pool that wait for another one.
    public var queuedCount: Int
    /// Nil where the node follows the head of the chain.
    public var sync: SyncProgress?

    public init(peerCount: Int, pendingCount: Int, queuedCount: Int, sync: SyncProgress?) {
        self.peerCount = peerCount
        self.pendingCount = pendingCount
        self.queuedCount = queuedCount
        self.sync = sync
    }
}

/// How far a node has come in downloading the chain, as block numbers.
public struct SyncProgress: Hashable, Sendable {
    public var starting: UInt64
    public var current: UInt64
    public var highest: UInt64

    public init(starting: UInt64, current: UInt64, highest: UInt64) {
        self.starting = starting
        self.current = current
        self.highest = highest
    }
}
