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

    /// The capability's place in the node's list.
    public let index: Int

    public let descriptor: CapabilityDescriptor

    public var metrics = CapabilityMetrics()

    private var peersByConnection: [ConnectionID: Peer] = [:]

    /// Connections that are being closed for what came on them.
    private var refused: Set<ConnectionID> = []

    public init(_ capability: C, index: Int) {
        self.capability = capability
        self.index = index
        descriptor = capability.descriptor
    }

    /// The joined peer of a connection.
    public func peer(_ connection: ConnectionID) -> Peer? { peersByConnection[connection] }

    /// Calls the capability with a context: this is how the owner of a host calls methods that only its type has.
    public mutating func withContext<R>(
        now: Instant, random: inout NodeRandom, effects: inout [HostEffect],
        _ body: (inout C, inout CapabilityContext<C>) -> R
    ) -> R {
        var context = CapabilityContext<C>(
            now: now, random: consume random, peers: peers, deadline: deadline, index: index,
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
        _ peer: Peer, now: Instant, random: inout NodeRandom, effects: inout [HostEffect]
    ) {
        guard peersByConnection.updateValue(peer, forKey: peer.connection) == nil else { return }
        let place = peers.firstIndex { ($0.id, $0.connection) > (peer.id, peer.connection) } ?? peers.endIndex
        peers.insert(peer, at: place)
        withContext(now: now, random: &random, effects: &effects) { $0.peerJoined(peer, &$1) }
    }

    public mutating func received(
        id: UInt8, payload: [UInt8], from connection: ConnectionID, now: Instant, random: inout NodeRandom,
        effects: inout [HostEffect]
    ) {
        guard let peer = peersByConnection[connection], !refused.contains(connection) else { return }
        metrics.messagesReceived &+= 1
        metrics.bytesReceived &+= UInt64(payload.count)
        let message: C.Message
        do {
            message = try C.Message(id: id, payload: payload[...])
        } catch {
            refused.insert(connection)
            metrics.malformed &+= 1
            effects.append(.offence(connection, error.offence))
            effects.append(.disconnect(connection, error.disconnectReason))
            return
        }
        withContext(now: now, random: &random, effects: &effects) { $0.received(message, from: peer, &$1) }
    }

    public mutating func peerLeft(
        _ connection: ConnectionID, now: Instant, random: inout NodeRandom, effects: inout [HostEffect]
    ) {
        guard let peer = peersByConnection.removeValue(forKey: connection) else { return }
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
