public import SansIO

/// A capability of any type, as the node holds it: `CapabilityHost` is the one conforming type.
///
/// Each call appends what the capability wants done to `effects`, and draws from `random`.
public protocol CapabilityHosting: Sendable {
    /// One for each version, ascending; never empty.
    var descriptors: [CapabilityDescriptor] { get }

    /// Whether a session begins with a handshake of this capability.
    var hasHandshake: Bool { get }

    /// When `deadlineReached` is wanted next.
    var deadline: Instant? { get }

    /// The joined peers, sorted by `id`.
    var peers: [Peer] { get }

    /// What was counted so far, for each version.
    var metrics: [CapabilityMetrics] { get }

    /// What an incoming message is for.
    func use(of id: UInt8) -> MessageUse

    /// Counts a message that is sent to one peer.
    mutating func sent(_ message: OutboundMessage)

    mutating func started(now: Instant, random: inout NodeRandom, effects: inout [HostEffect])

    /// The connection of a peer that shares this capability is ready.
    ///
    /// - Parameter index: that of the shared version in the node's list of capabilities.
    mutating func peerJoined(
        _ peer: Peer, index: Int, now: Instant, random: inout NodeRandom, effects: inout [HostEffect])

    /// A message has come from a joined peer; from others it is ignored.
    mutating func received(
        id: UInt8, payload: [UInt8], from connection: ConnectionID, now: Instant, random: inout NodeRandom,
        effects: inout [HostEffect])

    /// The connection of a joined peer is closed; others are ignored.
    mutating func peerLeft(
        _ connection: ConnectionID, now: Instant, random: inout NodeRandom, effects: inout [HostEffect])

    /// Calls the capability if its deadline has come.
    mutating func deadlineReached(now: Instant, random: inout NodeRandom, effects: inout [HostEffect])

    /// A job from this host's `.run` has ended with `result`.
    mutating func jobCompleted(
        _ result: any Sendable, now: Instant, random: inout NodeRandom, effects: inout [HostEffect])

    /// A message of a topic that this capability has subscribed to.
    mutating func topicMessage(
        _ message: TopicMessage, now: Instant, random: inout NodeRandom, effects: inout [HostEffect])

    /// The node's user has a value of the capability's `Command` type for it.
    mutating func commandReceived(
        _ command: any Sendable, now: Instant, random: inout NodeRandom, effects: inout [HostEffect])
}

extension CapabilityHosting {
    /// Name and newest version.
    public var name: CapabilityName { descriptors[descriptors.count - 1].name }
}
