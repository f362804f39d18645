/// A subprotocol of devp2p: its state and what it does on each event. Conform to this to write your own.
///
/// One value serves a whole node, all peers included. Calls come one at a time; none of them may block, and time and
/// randomness come from the context only, so that the simulator can repeat a run. All but `received` default to
/// nothing.
///
/// A payload that `Message` refuses never gets here: it is an offence of the peer already.
public protocol Capability: Sendable {
    associatedtype Message: VersionedMessage
    /// What it tells the program that runs the node.
    associatedtype Event: Sendable = Never
    /// What its jobs return.
    associatedtype JobResult: Sendable = Never
    /// What the program that runs the node can tell it.
    associatedtype Command: Sendable = Never

    /// Name and version, as negotiated; of a family the newest version.
    static var name: CapabilityName { get }

    /// The versions that it speaks, ascending: that of `name` alone, unless it is a family. A peer is joined in the highest
    /// version that it shares (`Peer.version`).
    static var versions: [UInt64] { get }

    static var limits: IngressLimits { get }

    /// Whether a session with a peer begins with a handshake of this capability. If so, the other capabilities learn of the
    /// peer when it is done (`openSession` in the context), and it takes up no slot until then.
    static var hasHandshake: Bool { get }

    /// What connections negotiate, one for each version, ascending: made of `name`, `versions`, `limits` and the message's
    /// ids, unless they are known at run time only.
    var descriptors: [CapabilityDescriptor] { get }

    /// The node has started; there are no peers yet.
    mutating func started(_ node: inout CapabilityContext<Self>)

    /// A peer that shares this capability is connected. It is in `node.peers` already.
    mutating func peerJoined(_ peer: Peer, _ node: inout CapabilityContext<Self>)

    /// The handshake with a peer that this capability began is done, and the peer has a slot: for one with `hasHandshake`.
    mutating func sessionOpened(_ peer: Peer, _ node: inout CapabilityContext<Self>)

    mutating func received(_ message: Message, from peer: Peer, _ node: inout CapabilityContext<Self>)

    /// The peer is gone, and no longer in `node.peers`. Called once for each `peerJoined`.
    mutating func peerLeft(_ peer: Peer, _ node: inout CapabilityContext<Self>)

    /// `node.deadline` has come; it is nil again.
    mutating func deadlineReached(_ node: inout CapabilityContext<Self>)

    /// A job that `node.run` started has ended.
    mutating func jobCompleted(_ result: JobResult, _ node: inout CapabilityContext<Self>)

    /// A message of a topic that this capability has subscribed to has come. It goes on to other nodes if the answer is
    /// `accept`, now or later.
    mutating func topicMessage(_ message: TopicMessage, _ node: inout CapabilityContext<Self>) -> TopicVerdict

    /// The program that runs the node has something to tell.
    mutating func commandReceived(_ command: Command, _ node: inout CapabilityContext<Self>)

    /// The system clock was set: `node.unixTime` has jumped.
    mutating func clockSet(_ node: inout CapabilityContext<Self>)

    /// The node stops. The peers are still there.
    mutating func stopping(_ node: inout CapabilityContext<Self>)
}

extension Capability {
    public static var versions: [UInt64] { [name.version] }
    public static var limits: IngressLimits { .standard }
    public static var hasHandshake: Bool { false }

    /// What connections negotiate.
    public static var descriptors: [CapabilityDescriptor] {
        versions.map {
            CapabilityDescriptor(
                name: CapabilityName(name.name, version: $0), messageCount: Message.messageCount(version: $0),
                limits: limits)
        }
    }

    public var descriptors: [CapabilityDescriptor] { Self.descriptors }

    public mutating func started(_ node: inout CapabilityContext<Self>) {}
    public mutating func peerJoined(_ peer: Peer, _ node: inout CapabilityContext<Self>) {}
    public mutating func sessionOpened(_ peer: Peer, _ node: inout CapabilityContext<Self>) {}
    public mutating func peerLeft(_ peer: Peer, _ node: inout CapabilityContext<Self>) {}
    public mutating func deadlineReached(_ node: inout CapabilityContext<Self>) {}
    public mutating func jobCompleted(_ result: JobResult, _ node: inout CapabilityContext<Self>) {}
    public mutating func topicMessage(
        _ message: TopicMessage, _ node: inout CapabilityContext<Self>
    ) -> TopicVerdict { .ignore }
    public mutating func commandReceived(_ command: Command, _ node: inout CapabilityContext<Self>) {}
    public mutating func clockSet(_ node: inout CapabilityContext<Self>) {}
    public mutating func stopping(_ node: inout CapabilityContext<Self>) {}
}
