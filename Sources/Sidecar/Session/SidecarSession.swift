public import DevP2P
public import Primitives

/// One program's connection to the Unix socket of a capability, from its first byte to its last.
///
///     greeting --attach--> asking --granted--> attaching --the relay's attached--> serving
///         any of them --a mistake of the program, or refused--> ended
///
/// It takes bytes and what the relay tells, and yields commands for the relay and bytes. The program may be slow: what
/// waits for it is bounded by a `RelayQueue`, and turned into bytes only when the socket takes them.
public struct SidecarSession: Sendable {
    public typealias Command = RelayCommand<RawMessage>

    /// What `receive` makes of bytes.
    public struct Outcome: Sendable {
        public internal(set) var commands: [Command] = []
        /// The program has asked to be attached: answer with `grant` or `refuse`.
        public internal(set) var wantsAttachment = false
    }

    private enum Stage: Equatable {
        case greeting
        case asking
        case attaching(UInt64)
        case serving(UInt64)
        case ended
    }

    /// Of the protocol between program and node.
    public static let version: UInt8 = 1

    private let capability: CapabilityDescriptor
    private let own: PublicKey
    private var stage = Stage.greeting
    private var frames: SidecarFrames
    private var queue: RelayQueue<RawMessage>
    private var output: [UInt8] = []

    /// - Parameter own: the node's key, which the program is told; `maxQueuedBytes`: of messages that wait for it.
    public init(
        _ capability: CapabilityDescriptor, own: PublicKey, maxQueuedMessages: Int = 4096,
        maxQueuedBytes: Int = 16 << 20
    ) {
        self.capability = capability
        self.own = own
        // Type, peer, id, payload; type, length, topic, message; and texts of at most 256 bytes.
        frames = SidecarFrames(maxBytes: max(capability.limits.maxMessageBytes, 256) + 2 + Topic.maxBytes)
        queue = RelayQueue(maxMessages: maxQueuedMessages, maxBytes: maxQueuedBytes)
    }

    /// Whether to close the socket once all bytes are written.
    public var hasEnded: Bool { stage == .ended }

    /// The number that the program was attached by.
    public var attachment: UInt64? {
        switch stage {
        case .attaching(let number), .serving(let number): number
        case .greeting, .asking, .ended: nil
        }
    }

    // MARK: From the program

    /// Takes bytes from the program, in pieces of any size. After the end they are dropped.
    public mutating func receive(_ bytes: ArraySlice<UInt8>) -> Outcome {
        var outcome = Outcome()
        guard !hasEnded else { return outcome }
        frames.append(bytes)
        do throws(SidecarError) {
            while let frame = try frames.next() {
                try take(SidecarRequest(frame, for: capability), &outcome)
            }
        } catch {
            // Before it was granted anything, nothing it has said counts.
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

    /// The capability is this program's, under a number that no other has had.
    ///
    /// - Returns: the command to give the relay, before the others.
    public mutating func grant(_ number: UInt64) -> Command? {
        guard stage == .asking else { return nil }
        stage = .attaching(number)
        SidecarNotice.attached(capability, own: own).write(to: &output)
        return .attach(number)
    }

    /// Tells the program why, and ends.
    public mutating func refuse(_ error: SidecarError) {
        guard !hasEnded else { return }
        stage = .ended
        queue = RelayQueue(maxMessages: 0, maxBytes: 0)
        SidecarNotice.refused(error.description).write(to: &output)
    }

    // MARK: To the program

    /// What the relay has told. That which is for an earlier program is dropped.
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

    public var hasBytes: Bool { !output.isEmpty || !queue.isEmpty }

    /// Bytes to write, about `count` at most: take them when the socket can.
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
