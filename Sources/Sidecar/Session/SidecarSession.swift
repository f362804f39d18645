public import DevP2P
public import Primitives

/// The connection of one program to the Unix socket of a capability.
///
///     greeting --attach--> asking --granted--> attaching --the relay's attached--> serving
///         any of them --an invalid frame, or refused--> ended
///
/// Its input is bytes and events of the relay, its output commands for the relay and bytes. If the program is slow,
/// events wait in a bounded `RelayQueue`, and are encoded only when the socket can take bytes.
public struct SidecarSession: Sendable {
    /// A command for the relay.
    public typealias Command = RelayCommand<RawMessage>

    /// The result of `receive`.
    public struct Outcome: Sendable {
        /// Commands to pass to the relay, in order.
        public internal(set) var commands: [Command] = []
        /// Whether the program requests to be attached: respond with `grant` or `refuse`.
        public internal(set) var wantsAttachment = false
    }

    private enum Stage: Equatable {
        case greeting
        case asking
        case attaching(UInt64)
        case serving(UInt64)
        case ended
    }

    /// The version of the protocol between program and node.
    public static let version: UInt8 = 1

    private let capability: CapabilityDescriptor
    private let own: PublicKey
    private var stage = Stage.greeting
    private var frames: SidecarFrames
    private var queue: RelayQueue<RawMessage>
    private var output: [UInt8] = []

    /// The session of a new connection.
    ///
    /// - Parameters:
    ///   - own: the node's public key, which is sent to the program.
    ///   - maxQueuedBytes: the maximum bytes of messages that wait for the program.
    public init(
        _ capability: CapabilityDescriptor, own: PublicKey, maxQueuedMessages: Int = 4096,
        maxQueuedBytes: Int = 16 << 20
    ) {
        self.capability = capability
        self.own = own
        // Room for: type, peer, id, payload; type, length, topic, message; texts of at most 256 bytes.
        frames = SidecarFrames(maxBytes: max(capability.limits.maxMessageBytes, 256) + 2 + Topic.maxBytes)
        queue = RelayQueue(maxMessages: maxQueuedMessages, maxBytes: maxQueuedBytes)
    }

    /// Whether the session has ended: the socket is to be closed once all bytes are written.
    public var hasEnded: Bool { stage == .ended }

    /// The number given to `grant`; nil unless the program is attached.
    public var attachment: UInt64? {
        switch stage {
        case .attaching(let number), .serving(let number): number
        case .greeting, .asking, .ended: nil
        }
    }

    // MARK: From the program

    /// Handles bytes from the program, in pieces of any size. Bytes after the end are dropped.
    public mutating func receive(_ bytes: ArraySlice<UInt8>) -> Outcome {
        var outcome = Outcome()
        guard !hasEnded else { return outcome }
        frames.append(bytes)
        do throws(SidecarError) {
            while let frame = try frames.next() {
                try take(SidecarRequest(frame, for: capability), &outcome)
            }
        } catch {
            // Without an attachment, its commands are dropped.
            if let attachment { outcome.commands.append(.detach(attachment)) } else { outcome = Outcome() }
            refuse(error)
        }
        return outcome
    }

    private mutating func take(_ request: SidecarRequest, _ outcome: inout Outcome) throws(SidecarError) {
        switch (stage, request) {
        case (.greeting, .attach(let version, let name)):
            guard version == Self.version else { throw .unsupportedVersion(version) }
            guard name == capability.name.description else { throw .otherCapability(capability.name.description) }
            stage = .asking
            outcome.wantsAttachment = true
        case (.greeting, _), (_, .attach): throw .outOfOrder
        case (_, .send(let message, let peer)): outcome.commands.append(.send(message, to: peer))
        case (_, .broadcast(let message)): outcome.commands.append(.broadcast(message))
        case (_, .report(let offence, let peer)): outcome.commands.append(.report(offence, by: peer))
        case (_, .credit(let merit, let peer)): outcome.commands.append(.credit(merit, to: peer))
        case (_, .disconnect(let peer, let reason)): outcome.commands.append(.disconnect(peer, reason))
        case (_, .subscribe(let topic)): outcome.commands.append(.subscribe(topic))
        case (_, .unsubscribe(let topic)): outcome.commands.append(.unsubscribe(topic))
        case (_, .publish(let bytes, let topic)): outcome.commands.append(.publish(bytes, on: topic))
        case (_, .judge(let id, let verdict)): outcome.commands.append(.judge(id, verdict))
        }
    }

    /// Attaches the program to the capability, under a number that was never used before.
    ///
    /// - Returns: the command to pass to the relay, before those of `receive`.
    public mutating func grant(_ number: UInt64) -> Command? {
        guard stage == .asking else { return nil }
        stage = .attaching(number)
        SidecarNotice.attached(capability, own: own).write(to: &output)
        return .attach(number)
    }

    /// Sends the program the reason, and ends the session.
    public mutating func refuse(_ error: SidecarError) {
        guard !hasEnded else { return }
        stage = .ended
        queue = RelayQueue(maxMessages: 0, maxBytes: 0)
        SidecarNotice.refused(error.description).write(to: &output)
    }

    // MARK: To the program

    /// Handles an event of the relay. Events for an earlier program are dropped.
    public mutating func relay(_ event: RelayEvent<RawMessage>) {
        switch (stage, event) {
        case (.attaching(let number), .attached(let granted, _)) where granted == number:
            stage = .serving(number)
            queue.append(event)
        case (.serving, .joined), (.serving, .received), (.serving, .left), (.serving, .topicMessage):
            queue.append(event)
        default: break
        }
    }

    /// Whether there are bytes to write.
    public var hasBytes: Bool { !output.isEmpty || !queue.isEmpty }

    /// Removes and returns bytes to write, about `count` at most; to be called when the socket can take them.
    public mutating func takeBytes(about count: Int = 1 << 16) -> [UInt8] {
        while output.count < count, let item = queue.popFirst() {
            switch item {
            case .joined(let peer): SidecarNotice.joined(peer).write(to: &output)
            case .received(let message, let peer):
                SidecarNotice.received(message, from: peer.connection).write(to: &output)
            case .left(let peer): SidecarNotice.left(peer.connection).write(to: &output)
            case .topicMessage(let message): SidecarNotice.topicMessage(message).write(to: &output)
            case .lost(let number): SidecarNotice.lost(number).write(to: &output)
            }
        }
        defer { output = [] }
        return output
    }
}
