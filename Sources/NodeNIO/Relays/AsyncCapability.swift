public import DevP2P
import NIOCore
import NodeCore
import Synchronization

/// A capability for people who want `for await`, and don't mind what it costs.
///
///     let chat = AsyncCapability<ChatMessage>(CapabilityName("chat", version: 1))
///     try await service.register(chat)
///     try await service.start()
///     for await event in chat {
///         if case .received(let message, let peer) = event { await chat.send(message, to: peer) }
///     }
///
/// The cost: each event wakes a task on another executor, and each `send` goes to the node's home loop and back: some
/// microseconds to tens of them, where a `Capability` pays nanoseconds. Between a message and its answer, others may have come.
/// It can't be simulated: when a task runs is the scheduler's to say, so no run repeats. For a consensus write a `Capability`.
///
/// One task at a time may read. What it hasn't read yet is bounded; beyond that messages are dropped, which `.lost` tells.
public final class AsyncCapability<Message: CapabilityMessage>: AsyncSequence, Sendable {
    /// What happens: a peer joins or leaves, a message comes, of a peer or of a topic, messages were lost.
    public typealias Event = RelayQueue<Message>.Item
    public typealias Element = Event

    let relay: Relay<Message>
    private let state: Mutex<State>

    private struct State: Sendable {
        var queue: RelayQueue<Message>
        var reader: CheckedContinuation<Event?, Never>?
        var driver: NodeDriver?
        var isFinished = false
    }

    /// - Parameter maxQueuedMessages: that wait for the reader, and their bytes as received.
    public init(
        _ name: CapabilityName, limits: IngressLimits = .standard, maxQueuedMessages: Int = 1024,
        maxQueuedBytes: Int = 16 << 20
    ) {
        let descriptor = CapabilityDescriptor(name: name, messageCount: Message.reservedIDs, limits: limits)
        relay = Relay(descriptor, attachment: 0)
        state = Mutex(State(queue: RelayQueue(maxMessages: maxQueuedMessages, maxBytes: maxQueuedBytes)))
    }

    // MARK: To the node

    /// Sends to one peer, and returns once the node has taken it. Nothing happens if the peer has left.
    public func send(_ message: Message, to peer: Peer) async { await tell(.send(message, to: peer.connection)) }

    /// Sends to all peers that share the capability.
    public func broadcast(_ message: Message) async { await tell(.broadcast(message)) }

    /// Tells the peer book that a peer has done wrong, which may end the connection.
    public func report(_ offence: Offence, by peer: Peer) async {
        await tell(.report(offence, by: peer.connection))
    }

    /// Tells the peer book that a peer has been of use, which makes it less likely to be rotated out.
    public func credit(_ merit: Merit, to peer: Peer) async { await tell(.credit(merit, to: peer.connection)) }

    /// Ends the connection, for all capabilities.
    public func disconnect(_ peer: Peer, _ reason: DisconnectReason) async {
        await tell(.disconnect(peer.connection, reason))
    }

    /// Opens a topic: its messages come as events from now on, from nodes any number of hops away. Nothing happens if
    /// another capability of this node has it, or the node has too many.
    public func subscribe(to topic: Topic) async { await tell(.subscribe(topic)) }

    public func unsubscribe(from topic: Topic) async { await tell(.unsubscribe(topic)) }

    /// Sends a message of an opened topic to all nodes that have it.
    public func publish(_ bytes: [UInt8], on topic: Topic) async { await tell(.publish(bytes, on: topic)) }

    /// Says of a topic's message whether it goes on to others. One that isn't judged within some ten seconds doesn't.
    public func judge(_ message: TopicMessage, _ verdict: TopicVerdict) async {
        await tell(.judge(message.id, verdict))
    }

    private func tell(_ command: RelayCommand<Message>) async {
        guard let driver = state.withLock({ $0.driver }) else { return }
        let name = relay.descriptor.name
        try? await driver.home.submit { driver.handle(.command(name, command)) }.get()
    }

    // MARK: From the node

    public func makeAsyncIterator() -> Iterator { Iterator(capability: self) }

    public struct Iterator: AsyncIteratorProtocol {
        let capability: AsyncCapability

        /// The next event; nil after the node's end, and when the task is cancelled.
        public func next() async -> Event? { await capability.next() }
    }

    private func next() async -> Event? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { reader in
                let event: Event?? = state.withLock { state in
                    if let event = state.queue.popFirst() { return .some(event) }
                    if state.isFinished || Task.isCancelled { return .some(nil) }
                    precondition(state.reader == nil, "one task at a time reads an AsyncCapability")
                    state.reader = reader
                    return nil
                }
                if let event { reader.resume(returning: event) }
            }
        } onCancel: {
            takeReader()?.resume(returning: nil)
        }
    }

    private func takeReader() -> CheckedContinuation<Event?, Never>? {
        state.withLock { state in
            defer { state.reader = nil }
            return state.reader
        }
    }

    private func take(_ event: RelayEvent<Message>) {
        let waiting: (CheckedContinuation<Event?, Never>, Event)? = state.withLock { state in
            state.queue.append(event)
            guard let reader = state.reader, let next = state.queue.popFirst() else { return nil }
            state.reader = nil
            return (reader, next)
        }
        if let (reader, event) = waiting { reader.resume(returning: event) }
    }
}

extension AsyncCapability: RelayAttachment {
    func open(on driver: NodeDriver) async throws(BindError) {
        state.withLock { $0.driver = driver }
        let name = relay.descriptor.name
        try? await driver.home.submit {
            driver.relays[name] = { [weak self] value in
                if let event = value as? RelayEvent<Message> { self?.take(event) }
            }
        }.get()
    }

    /// What waits can still be read.
    func close() async {
        state.withLock { state in
            state.driver = nil
            state.isFinished = true
        }
        takeReader()?.resume(returning: nil)
    }
}
