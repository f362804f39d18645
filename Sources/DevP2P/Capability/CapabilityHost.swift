public import SansIO

/// Holds one capability: decodes what comes for it, calls it, and collects what it wants done.
///
/// A payload that doesn't decode costs the peer an offence and the connection, without a line by the capability's
/// author. After that the peer's remaining messages are dropped.
public struct CapabilityHost<C: Capability>: CapabilityHosting {
    /// The capability's own state. Its methods that need a context are called through `withContext`.
    public var capability: C

    /// The joined peers, sorted by `id`.
    public private(set) var peers: [Peer] = []

    /// When `deadlineReached` is wanted next.
    public private(set) var deadline: Instant?

    public let descriptors: [CapabilityDescriptor]

    public private(set) var metrics: [CapabilityMetrics]

    private var slots: CapabilitySlots

    /// Connections that are being closed for what came on them.
    private var refused: Set<ConnectionID> = []

    /// - Parameter index: that of the first version in the node's list of capabilities; the others follow it.
    public init(_ capability: C, index: Int) {
        self.capability = capability
        descriptors = capability.descriptors
        precondition(!descriptors.isEmpty, "a capability has at least one version")
        metrics = descriptors.map { _ in CapabilityMetrics() }
        slots = CapabilitySlots(first: index, versions: descriptors.map(\.name.version))
    }

    /// The joined peer of a connection.
    public func peer(_ connection: ConnectionID) -> Peer? { slots.peers[connection] }

    public var hasHandshake: Bool { C.hasHandshake }

    public func use(of id: UInt8) -> MessageUse { C.Message.use(of: id) }

    /// Calls the capability with a context: this is how the owner of a host calls methods that only its type has.
    public mutating func withContext<R>(
        now: Instant, random: inout NodeRandom, effects: inout [HostEffect],
        _ body: (inout C, inout CapabilityContext<C>) -> R
    ) -> R {
        var context = CapabilityContext<C>(
            now: now, random: consume random, peers: peers, deadline: deadline, slots: slots,
            effects: consume effects)
        let result = body(&capability, &context)
        deadline = context.deadline
        (random, effects) = context.end()
        return result
    }

    public mutating func started(now: Instant, random: inout NodeRandom, effects: inout [HostEffect]) {
        withContext(now: now, random: &random, effects: &effects) { $0.started(&$1) }
    }

    public mutating func peerJoined(
        _ peer: Peer, index: Int, now: Instant, random: inout NodeRandom, effects: inout [HostEffect]
    ) {
        var peer = peer
        peer.version = descriptors[index - slots.first].name.version
        guard slots.peers.updateValue(peer, forKey: peer.connection) == nil else { return }
        let position = peers.firstIndex { ($0.id, $0.connection) > (peer.id, peer.connection) } ?? peers.endIndex
        peers.insert(peer, at: position)
        withContext(now: now, random: &random, effects: &effects) { $0.peerJoined(peer, &$1) }
    }

    public mutating func received(
        id: UInt8, payload: [UInt8], from connection: ConnectionID, now: Instant, random: inout NodeRandom,
        effects: inout [HostEffect]
    ) {
        guard let peer = slots.peers[connection], let offset = slots.versions.firstIndex(of: peer.version),
            !refused.contains(connection)
        else { return }
        metrics[offset].messagesReceived &+= 1
        metrics[offset].bytesReceived &+= UInt64(payload.count)
        let message: C.Message
        do {
            message = try C.Message(id: id, payload: payload[...], version: peer.version)
        } catch {
            refused.insert(connection)
            metrics[offset].malformed &+= 1
            effects.append(.offence(connection, error.offence))
            effects.append(.disconnect(connection, error.disconnectReason))
            return
        }
        withContext(now: now, random: &random, effects: &effects) { $0.received(message, from: peer, &$1) }
    }

    public mutating func sent(_ message: OutboundMessage) { metrics[message.capability - slots.first].sent(message) }

    public mutating func peerLeft(
        _ connection: ConnectionID, now: Instant, random: inout NodeRandom, effects: inout [HostEffect]
    ) {
        guard let peer = slots.peers.removeValue(forKey: connection) else { return }
        peers.removeAll { $0.connection == connection }
        refused.remove(connection)
        withContext(now: now, random: &random, effects: &effects) { $0.peerLeft(peer, &$1) }
    }

    public mutating func deadlineReached(now: Instant, random: inout NodeRandom, effects: inout [HostEffect]) {
        guard let deadline, deadline <= now else { return }
        self.deadline = nil
        withContext(now: now, random: &random, effects: &effects) { $0.deadlineReached(&$1) }
    }

    public mutating func jobCompleted(
        _ result: any Sendable, now: Instant, random: inout NodeRandom, effects: inout [HostEffect]
    ) {
        guard let result = result as? C.JobResult else {
            preconditionFailure("a job's result goes back to the host that ran it")
        }
        withContext(now: now, random: &random, effects: &effects) { $0.jobCompleted(result, &$1) }
    }

    public mutating func topicMessage(
        _ message: TopicMessage, now: Instant, random: inout NodeRandom, effects: inout [HostEffect]
    ) {
        withContext(now: now, random: &random, effects: &effects) { capability, node in
            let verdict = capability.topicMessage(message, &node)
            if verdict != .later { node.judge(message.id, verdict) }
        }
    }

    public mutating func commandReceived(
        _ command: any Sendable, now: Instant, random: inout NodeRandom, effects: inout [HostEffect]
    ) {
        guard let command = command as? C.Command else {
            preconditionFailure("a command is of the type that its capability declares")
        }
        withContext(now: now, random: &random, effects: &effects) { $0.commandReceived(command, &$1) }
    }
}
