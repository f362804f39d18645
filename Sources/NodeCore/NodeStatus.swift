public import DevP2P
import Discovery
public import Gossip
public import NodeRecord
public import PeerBook
import Primitives
public import SansIO
public import Storage
public import Sync

/// What a node is doing, at a moment.
public struct NodeStatus: Sendable {
    public let head: ChainHead
    public let peerCount: Int
    /// Transactions that can be executed, and those that wait for another.
    public let pendingCount: Int
    public let queuedCount: Int
    /// Nil while no blocks are being fetched.
    public let sync: DownloadProgress?
    public let startedAt: Instant
    public let record: NodeRecord?
}

/// What a node knows of one peer.
public struct PeerStatus: Sendable {
    public let peer: Peer
    /// The capabilities in use.
    public let capabilities: [CapabilityName]
    public let since: Instant
    /// What the node holds against it, and for it.
    public let reputation: PeerReputation?
    public let isTrusted: Bool
    public let isStatic: Bool
    /// The end of its chain, as far as it has told.
    public let head: PeerHead?
    /// How it has answered requests for blocks; nil where it wasn't asked for any.
    public let responses: ResponseRecord?
}

/// What a node does with one of its capabilities.
public struct CapabilityStatus: Sendable, Hashable {
    public let name: CapabilityName
    /// The connected peers that share it.
    public let peerCount: Int
    public let metrics: CapabilityMetrics

    public init(name: CapabilityName, peerCount: Int, metrics: CapabilityMetrics) {
        self.name = name
        self.peerCount = peerCount
        self.metrics = metrics
    }
}

extension NodeCore {
    /// The node's own capabilities, then its user's, in the order in which they were registered.
    public var capabilityStatuses: [CapabilityStatus] {
        let hosts: [any CapabilityHosting] = [eth, topics, blocks] + own
        return hosts.flatMap { host in
            zip(host.descriptors, host.metrics).map { descriptor, metrics in
                let peerCount = host.peers.count { $0.version == descriptor.name.version }
                return CapabilityStatus(name: descriptor.name, peerCount: peerCount, metrics: metrics)
            }
        }
    }

    public var status: NodeStatus {
        NodeStatus(
            head: chain.head, peerCount: peers.peerCount, pendingCount: pool.readyCount, queuedCount: pool.queuedCount,
            sync: downloader.progress, startedAt: startedAt, record: discovery?.localRecord ?? ownRecord)
    }

    /// The nodes and addresses that are banned, the ban that ends first first.
    public var bans: [PeerBan] { peers.bans(now: now) }

    /// When the newest blocks came, and how: what propagation is measured by. A block without a source was sealed here.
    public var blockArrivals: [BlockArrival] { blocks.capability.arrivals }

    /// What has become of blocks since the node started.
    public var chainActivity: ChainActivity { activity }

    /// Where the node knows its nodes from.
    public var peerSources: [PeerSource] { peers.sources(of: peerStatuses.map(\.peer.id)) }

    /// The connected peers, in the order in which they came.
    public var peerStatuses: [PeerStatus] {
        let reputations = peers.reputations(now: now)
        return connections.sorted { $0.key < $1.key }.compactMap { id, connection in
            guard let peer = connection.peer, let hello = connection.hello else { return nil }
            return PeerStatus(
                peer: peer, capabilities: hello.shared.map { localHello.capabilities[$0].name },
                since: connection.since, reputation: reputations[id],
                isTrusted: peers.isTrusted(peer.id), isStatic: peers.isStatic(peer.id), head: downloader.head(of: peer),
                responses: downloader.responses(of: peer))
        }
    }
}
