public import DevP2P
import EthWire
import NodeCore
public import NodeRecord
public import Primitives
public import SansIO

/// What a misbehaving node does to what its `NodeCore` sends, and what it does besides.
///
/// The node is a whole one: it finds peers, shakes hands and follows the chain as all do, and so gets to where it can
/// do harm.
public protocol Behaviour {
    /// The time between two calls of `deeds`; nil for none.
    var period: Duration? { get }

    /// What the node does at once about a message that it has received.
    mutating func incoming(_ incoming: IncomingMessage, at node: SimulatedNode) -> [Deed]

    /// What goes out in the place of a message.
    mutating func outgoing(_ outgoing: OutgoingMessage, by node: SimulatedNode) -> [OutboundMessage]

    /// What goes out in the place of a datagram.
    mutating func outgoing(datagram: [UInt8], by node: SimulatedNode) -> [UInt8]

    /// What the node does of itself.
    ///
    /// - Parameter others: where the datagrams of all other nodes go.
    mutating func deeds(
        of node: SimulatedNode, among others: [Endpoint], now: Instant, random: inout NodeRandom
    ) -> [Deed]
}

extension Behaviour {
    public var period: Duration? { nil }

    public mutating func incoming(_ incoming: IncomingMessage, at node: SimulatedNode) -> [Deed] { [] }

    public mutating func outgoing(_ outgoing: OutgoingMessage, by node: SimulatedNode) -> [OutboundMessage] {
        [outgoing.message]
    }

    public mutating func outgoing(datagram: [UInt8], by node: SimulatedNode) -> [UInt8] { datagram }

    public mutating func deeds(
        of node: SimulatedNode, among others: [Endpoint], now: Instant, random: inout NodeRandom
    ) -> [Deed] { [] }
}

/// One thing that a behaviour does of itself.
public enum Deed: Sendable {
    case message(OutboundMessage, to: ConnectionID)
    /// Bytes on a connection, whatever was on it before.
    case bytes([UInt8], to: ConnectionID)
    case datagram([UInt8], to: Endpoint)
    /// Dials a node now, and again whenever the connection is lost.
    case connect(NodeContact)
}

/// A peer with which a node shares a capability, and the capability's place in the node's list.
struct SharingPeer {
    let peer: Peer
    let place: Int
    let name: CapabilityName

    /// A message of a capability of one version.
    func deed(_ message: some CapabilityMessage) -> Deed {
        .message(OutboundMessage(message, capability: place), to: peer.connection)
    }

    /// Any message but a Status, which looks different in each version.
    func deed(_ message: EthMessage) -> Deed {
        .message(OutboundMessage(message, version: name.version, capability: place), to: peer.connection)
    }
}

extension SimulatedNode {
    /// The connected peers that share a capability of this name, in the order in which they came.
    func peers(sharing name: String) -> [SharingPeer] {
        let capabilities = core.localHello.capabilities
        return core.peerStatuses.compactMap { status in
            let place = capabilities.firstIndex { $0.name.name == name && status.capabilities.contains($0.name) }
            return place.map { SharingPeer(peer: status.peer, place: $0, name: capabilities[$0].name) }
        }
    }

    /// The connections that a node has, in the order in which they came.
    public var connectionIDs: [ConnectionID] { connections.keys.sorted() }
}
