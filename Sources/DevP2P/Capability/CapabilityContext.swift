public import NodeRecord
public import Primitives
public import SansIO

/// What a capability can see and do during one call.
///
/// Nothing here acts: each method appends an effect that the node carries out after the call, in order.
public struct CapabilityContext<C: Capability>: ~Copyable {
    /// The peers that share this capability, sorted by `id`.
    public let peers: [Peer]

    /// When `deadlineReached` is wanted next; nil for never.
    public var deadline: Instant?

    private let slots: CapabilitySlots
    private var node: HostContext<C.Event>
    private var jobs: JobTable<C.JobResult>

    init(
        node: consuming HostContext<C.Event>, peers: [Peer], deadline: Instant?, slots: CapabilitySlots,
        jobs: consuming JobTable<C.JobResult>
    ) {
        self.node = node
        self.peers = peers
        self.deadline = deadline
        self.slots = slots
        self.jobs = jobs
    }

    /// Gives back what the context was lent.
    consuming func end() -> (node: HostContext<C.Event>, jobs: JobTable<C.JobResult>) { (node, jobs) }

    /// The moment of this call: a node's own time, for timers.
    public var now: Instant { node.now }

    /// The time of day, by which what others have written is judged.
    public var unixTime: Instant { node.wall.unixTime(at: node.now) }

    /// The node's randomness: the only one that a capability may use.
    public var random: NodeRandom {
        get { node.random }
        set { node.random = newValue }
    }

    /// The bytes that may be relayed at once within the node's upload limits.
    public var uploadRoom: Int { node.uploadRoom }

    /// Sends a message to one peer. Nothing happens if the peer has left.
    public mutating func send(_ message: C.Message, to peer: Peer) { broadcast(message, to: [peer]) }

    /// Sends a message to many peers, all of `peers` if `receivers` is nil. It is encoded and compressed once for each
    /// version; peers with an older version come first.
    public mutating func broadcast(_ message: C.Message, to receivers: [Peer]? = nil) {
        let receivers = receivers ?? peers
        for (offset, version) in slots.versions.enumerated() {
            var encoded: OutboundMessage?
            for peer in receivers where slots.version(of: peer.connection) == version {
                let outbound =
                    encoded ?? OutboundMessage(message, version: version, capability: slots.first + offset)
                encoded = outbound
                node.effects.append(.send(peer.connection, outbound))
            }
        }
    }

    /// Tells the peer book that a peer has done wrong, which may end the connection.
    public mutating func report(_ offence: Offence, by peer: Peer) {
        node.effects.append(.offence(peer.connection, offence))
    }

    /// Tells the peer book that a peer has been of use, which makes it less likely to be rotated out.
    ///
    /// - Parameters:
    ///   - bytes: the size of what it has sent on request.
    ///   - latency: how long the answer took.
    public mutating func credit(_ merit: Merit, to peer: Peer, bytes: Int = 0, latency: Duration? = nil) {
        node.effects.append(.credit(peer.connection, merit, bytes: bytes, latency: latency))
    }

    /// Ends the connection, for all capabilities.
    public mutating func disconnect(_ peer: Peer, _ reason: DisconnectReason) {
        node.effects.append(.disconnect(peer.connection, reason))
    }

    /// Says that the handshake with a peer is done, for a capability with `hasHandshake`: the peer gets a slot, and the other
    /// capabilities learn of it. It may be refused: then `peerLeft` follows.
    ///
    /// - Parameter isBehind: whether the peer said that it lacks much of what this node has: in a local network whose nodes
    ///   are full it gets a slot for a moment all the same.
    public mutating func openSession(with peer: Peer, isBehind: Bool = false) {
        node.effects.append(.openSession(peer.connection, isBehind: isBehind))
    }

    /// Takes nothing more from a peer, of any capability, until `resume`: it has asked for more than is answered. What is on
    /// its way still comes.
    public mutating func pause(_ peer: Peer) {
        node.effects.append(.pause(peer.connection))
    }

    public mutating func resume(_ peer: Peer) {
        node.effects.append(.resume(peer.connection))
    }

    /// Says that the handshake with a peer has shown it to be of no use here, for the node's reports; `disconnect` ends the
    /// connection.
    ///
    /// - Parameters:
    ///   - label: one word, for metrics.
    ///   - reason: for people.
    public mutating func refuseSession(with peer: Peer, label: String, reason: String) {
        node.effects.append(.sessionRefused(peer.connection, label: label, reason: reason))
    }

    /// Runs `work` on a worker thread and hands its result to `jobCompleted`.
    ///
    /// It captures what it needs by value, and is synchronous. Results may come back in another order.
    public mutating func run(_ name: StaticString, _ work: @escaping @Sendable () -> C.JobResult) {
        node.effects.append(.run(jobs.add(name, work)))
    }

    /// Runs `work`, which puts an answer for a peer together, on a worker thread once the node's upload budget has room for
    /// it, and hands its result to `jobCompleted`; not where the peer has left before.
    ///
    /// `work` gets the bytes that the answer may have: `bytes` where upload isn't limited, fewer where it is, and 0 where
    /// the request has waited too long: then the answer should be empty, but there should be one.
    ///
    /// - Parameters:
    ///   - bytes: what the answer may have at the most, roughly, before compression.
    ///   - since: when the request came.
    public mutating func serve(
        _ name: StaticString, to peer: Peer, bytes: Int, since: Instant,
        _ work: @escaping @Sendable (_ bytes: Int) -> C.JobResult
    ) {
        node.effects.append(.serve(jobs.add(name, to: peer.connection, bytes: bytes, since: since, work)))
    }

    /// Says that a message went to fewer peers than it would have, for want of upload.
    public mutating func noteHeldBack() { node.effects.append(.heldBack) }

    /// Sets an entry of the node's own record, which other nodes read before they dial.
    ///
    /// - Parameter rlp: the value, one RLP item. Entries together have 300 bytes; one that doesn't fit is left out.
    public mutating func setRecordEntry(_ key: String, rlp: [UInt8]) {
        node.effects.append(.recordEntry(key, rlp: rlp))
    }

    /// Says which nodes are worth a dial from now on. A node has one filter: the one that was set last.
    public mutating func setCandidateFilter(_ filter: any CandidateFilter) {
        node.effects.append(.candidateFilter(filter))
    }

    /// Keeps a connection to a node, whatever the number of peers, until `drop`.
    public mutating func keep(_ contact: NodeContact) { node.effects.append(.keepPeer(contact)) }

    /// No longer keeps a connection to a node.
    public mutating func drop(_ id: NodeID) { node.effects.append(.dropPeer(id)) }

    /// Tells of nodes that a peer has named, which may be worth a dial.
    public mutating func hear(of contacts: [NodeContact], from peer: Peer) {
        node.effects.append(.heard(contacts, from: peer.connection))
    }

    /// Answers a command that asks for a reply.
    public mutating func reply<Answer>(_ answer: Answer, to receiver: ReplyTo<Answer>) {
        node.effects.append(.reply(receiver.reply(answer)))
    }

    /// Tells the program that runs the node.
    public mutating func emit(_ event: C.Event) {
        node.effects.append(.event(event))
    }

    /// Opens a topic: its messages come to `topicMessage` from now on, from nodes any number of hops away. Nothing happens
    /// if another capability of this node has it, or the node has too many.
    public mutating func subscribe(to topic: Topic) {
        node.effects.append(.topic(.subscribe(topic)))
    }

    /// Closes a topic that this capability has opened.
    public mutating func unsubscribe(from topic: Topic) {
        node.effects.append(.topic(.unsubscribe(topic)))
    }

    /// Sends a message of a topic that this capability has opened to all nodes that have it, this one excepted. It should
    /// be unlike all before it: equal bytes are one message, which goes out once.
    public mutating func publish(_ bytes: [UInt8], on topic: Topic) {
        node.effects.append(.topic(.publish(topic, bytes)))
    }

    /// Answers a `topicMessage` to which the answer was `later`.
    public mutating func judge(_ message: TopicMessage, _ verdict: TopicVerdict) { judge(message.id, verdict) }

    /// As for the message, for who has kept its id only.
    public mutating func judge(_ id: TopicMessageID, _ verdict: TopicVerdict) {
        node.effects.append(.topic(.judge(id, verdict)))
    }
}
