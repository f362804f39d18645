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
    private var jobs = JobTable<C.JobResult>()

    /// Connections that are being closed for what came on them.
    private var refused: Set<ConnectionID> = []

    /// - Parameter index: that of the first version in the node's list of capabilities; the others follow it.
    public init(_ capability: C, index: Int = 0) {
        self.capability = capability
        descriptors = capability.descriptors
        precondition(!descriptors.isEmpty, "a capability has at least one version")
        metrics = descriptors.map { _ in CapabilityMetrics() }
        slots = CapabilitySlots(first: index, versions: descriptors.map(\.name.version))
    }

    public var index: Int {
        get { slots.first }
        set { slots.first = newValue }
    }

    /// Name and newest version.
    public var name: CapabilityName { descriptors[descriptors.count - 1].name }

    public var peerCounts: [Int] {
        descriptors.map { descriptor in peers.count { $0.version == descriptor.name.version } }
    }

    /// The joined peer of a connection.
    public func peer(_ connection: ConnectionID) -> Peer? { slots.peers[connection] }

    public func hasHandshake(at index: Int) -> Bool { C.hasHandshake }

    public func use(of id: UInt8, at index: Int) -> MessageUse { C.Message.use(of: id) }

    public mutating func sent(_ message: OutboundMessage) { metrics[message.capability - slots.first].sent(message) }

    /// Calls the capability with a context: this is how the owner of a host calls methods that only its type has.
    public mutating func withContext<R>(
        _ node: inout HostContext<C.Event>, _ body: (inout C, inout CapabilityContext<C>) -> R
    ) -> R {
        // Moved, not copied: it is changed while it is lent.
        var lent = JobTable<C.JobResult>()
        swap(&lent, &jobs)
        var context = CapabilityContext<C>(
            node: consume node, peers: peers, deadline: deadline, slots: slots, jobs: consume lent)
        let result = body(&capability, &context)
        deadline = context.deadline
        (node, jobs) = context.end()
        return result
    }

    public mutating func take(_ call: HostCall, _ node: inout HostContext<any Sendable>) {
        let effects = node.lend { take(call, &$0) }
        for effect in effects { node.effects.append(effect.erased) }
    }

    /// As for a node with hosts of any type, with the capability's own type of events.
    public mutating func take(_ call: HostCall, _ node: inout HostContext<C.Event>) {
        switch call {
        case .started: withContext(&node) { $0.started(&$1) }
        case .joined(let peer, let index): joined(peer, index: index, &node)
        case .sessionOpened(let connection):
            if let peer = slots.peers[connection] { withContext(&node) { $0.sessionOpened(peer, &$1) } }
        case .received(let connection, _, let id, let payload): received(id, payload, from: connection, &node)
        case .left(let connection, _): left(connection, &node)
        case .deadlineReached:
            guard let deadline, deadline <= node.now else { return }
            self.deadline = nil
            withContext(&node) { $0.deadlineReached(&$1) }
        case .jobCompleted(let ticket):
            guard let result = jobs.takeResult(of: ticket) else { return }
            withContext(&node) { $0.jobCompleted(result, &$1) }
        case .topicMessage(let message):
            withContext(&node) { capability, node in
                let verdict = capability.topicMessage(message, &node)
                if verdict != .later { node.judge(message.id, verdict) }
            }
        case .commandReceived(let command):
            guard let command = command as? C.Command else {
                preconditionFailure("a command is of the type that its capability declares")
            }
            withContext(&node) { $0.commandReceived(command, &$1) }
        case .clockSet: withContext(&node) { $0.clockSet(&$1) }
        case .stopping: withContext(&node) { $0.stopping(&$1) }
        }
    }

    private mutating func joined(_ peer: Peer, index: Int, _ node: inout HostContext<C.Event>) {
        var peer = peer
        peer.version = descriptors[index - slots.first].name.version
        guard slots.peers.updateValue(peer, forKey: peer.connection) == nil else { return }
        let position = peers.firstIndex { ($0.id, $0.connection) > (peer.id, peer.connection) } ?? peers.endIndex
        peers.insert(peer, at: position)
        withContext(&node) { $0.peerJoined(peer, &$1) }
    }

    private mutating func received(
        _ id: UInt8, _ payload: [UInt8], from connection: ConnectionID, _ node: inout HostContext<C.Event>
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
            node.effects.append(.offence(connection, error.offence))
            node.effects.append(.disconnect(connection, error.disconnectReason))
            return
        }
        withContext(&node) { $0.received(message, from: peer, &$1) }
    }

    private mutating func left(_ connection: ConnectionID, _ node: inout HostContext<C.Event>) {
        guard let peer = slots.peers.removeValue(forKey: connection) else { return }
        peers.removeAll { $0.connection == connection }
        refused.remove(connection)
        jobs.removeAll(of: connection)
        withContext(&node) { $0.peerLeft(peer, &$1) }
    }
}
