public import DevP2P
public import Discovery
public import NodeRecord
public import PeerBook
public import Primitives
public import SansIO
import Topics

/// What a node is doing, at a moment.
public struct NodeStatus: Sendable {
    public let peerCount: Int
    public let startedAt: Instant
    public let record: NodeRecord
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

// What others read of a running node.
extension NodeCore {
    /// The capabilities in the order in which they were registered, topics last.
    public var capabilityStatuses: [CapabilityStatus] {
        let all: [any CapabilityHosting] = hosts + [topics]
        return all.flatMap { host in
            zip(host.descriptors, zip(host.peerCounts, host.metrics)).map { descriptor, counted in
                CapabilityStatus(name: descriptor.name, peerCount: counted.0, metrics: counted.1)
            }
        }
    }

    /// The capabilities that every node has.
    public static var builtIn: [CapabilityName] { TopicsCapability.descriptors.map(\.name) }

    public var status: NodeStatus {
        NodeStatus(peerCount: peers.peerCount, startedAt: startedAt, record: discovery.localRecord)
    }

    /// The registered host of a type; nil where there is none.
    ///
    /// A view, not to be kept: while somebody holds it, the next change copies it.
    public func host<Host: CapabilityHosting>(_ type: Host.Type) -> Host? {
        for host in hosts { if let host = host as? Host { return host } }
        return nil
    }

    /// The nodes and addresses that are banned, the ban that ends first first.
    public var bans: [PeerBan] { peers.bans(now: now) }

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
                isTrusted: peers.isTrusted(peer.id), isStatic: peers.isStatic(peer.id))
        }
    }

    /// The nodes that discovery knows; nil where it is off.
    public var discoveryTable: KademliaTable? { configuration.discoveryEnabled ? discovery.table : nil }

    /// Accepted connections whose handshake isn't done.
    public var pendingInboundCount: Int { peers.pendingInboundCount }

    /// Why nodes that were tried lately are no peers, in words that stand after "were": how many nodes for each reason, the
    /// most frequent first.
    public func obstacles(now: Instant) -> [(reason: String, count: Int)] { Obstacles(journal, now: now).counts }

    /// The addresses of the peers, and of the nodes that were dialed in the last five minutes.
    public func knownAddresses(now: Instant) -> [IPAddress] {
        peerStatuses.map(\.peer.endpoint.ip)
            + journal.newest(.max).compactMap { entry in
                guard case .dialing(_, let endpoint, _) = entry.event, now - entry.at < Obstacles.window else {
                    return nil
                }
                return endpoint.ip
            }
    }

    /// The time of day, by which what others have written is judged.
    public func unixTime(at moment: Instant) -> Instant { wall.unixTime(at: moment) }
}
