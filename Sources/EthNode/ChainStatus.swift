public import DevP2P
public import Gossip
public import Storage
public import Sync

/// What a node's chain is doing, at a moment.
public struct ChainStatus: Sendable {
    public let head: ChainHead
    /// Transactions that can be executed, and those that wait for another.
    public let pendingCount: Int
    public let queuedCount: Int
    /// Nil while no blocks are being fetched.
    public let sync: DownloadProgress?
}

/// What is known of a peer's chain.
public struct ChainPeerStatus: Sendable {
    /// The end of its chain, as far as it has told.
    public let head: PeerHead?
    /// How it has answered requests for blocks; nil where it wasn't asked for any.
    public let responses: ResponseRecord?
}

// What others read of a running node's chain.
extension EthNode {
    public var status: ChainStatus {
        ChainStatus(
            head: chain.head, pendingCount: pool.readyCount, queuedCount: pool.queuedCount, sync: downloader.progress)
    }

    /// What is known of the chain of a peer with an open session; empty of others.
    public func status(of peer: Peer) -> ChainPeerStatus {
        ChainPeerStatus(head: downloader.head(of: peer), responses: downloader.responses(of: peer))
    }

    /// The chain on disk. Read it on another thread than the node's own.
    public var chainStore: ChainStore { store }

    /// The transactions that wait for a block.
    ///
    /// A view, not to be kept: while somebody holds it, the next change copies the whole pool.
    public var transactionPool: TransactionPool { pool }

    /// When the newest blocks came, and how: what propagation is measured by. A block without a source was sealed here.
    public var blockArrivals: [BlockArrival] { blocks.capability.arrivals }

    /// What has become of blocks since the node started.
    public var chainActivity: ChainActivity { activity }

    /// Its capabilities.
    public static var builtIn: [CapabilityName] {
        (EthSessions.descriptors + BlockGossip.descriptors).map(\.name)
    }
}
