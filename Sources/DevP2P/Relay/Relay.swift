/// A capability that decides nothing: it tells a program what happens, and does what that program says.
///
/// What AsyncCapability and programs outside the node are built on. While nobody is attached it keeps quiet: peers see a
/// capability that is negotiated and silent.
public struct Relay<Content: CapabilityMessage>: Capability {
    public typealias Message = RelayedMessage<Content>
    public typealias Event = RelayEvent<Content>
    public typealias Command = RelayCommand<Content>

    /// Not used: what is negotiated is in `descriptor`.
    public static var name: CapabilityName { CapabilityName("relay", version: 0) }

    public let descriptor: CapabilityDescriptor

    public var descriptors: [CapabilityDescriptor] { [descriptor] }

    /// Which program is attached, by the number that it was given; nil for none.
    public private(set) var attachment: UInt64?

    private var peers: [ConnectionID: Peer] = [:]
    /// What the attached program has opened, in that order.
    private var topics: [Topic] = []

    /// - Parameter attachment: the program that is attached from the start.
    public init(_ descriptor: CapabilityDescriptor, attachment: UInt64? = nil) {
        self.descriptor = descriptor
        self.attachment = attachment
    }

    public mutating func peerJoined(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        peers[peer.connection] = peer
        if attachment != nil { node.emit(.joined(peer)) }
    }

    public mutating func received(_ message: Message, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        if attachment != nil { node.emit(.received(message, from: peer)) }
    }

    public mutating func peerLeft(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        peers[peer.connection] = nil
        if attachment != nil { node.emit(.left(peer)) }
    }

    /// The program judges it, within some ten seconds.
    public mutating func topicMessage(
        _ message: TopicMessage, _ node: inout CapabilityContext<Self>
    ) -> TopicVerdict {
        guard attachment != nil else { return .ignore }
        node.emit(.topicMessage(message))
        return .later
    }

    /// A command about a peer that has left does nothing: the program can't know yet.
    public mutating func commandReceived(_ command: Command, _ node: inout CapabilityContext<Self>) {
        switch command {
        case .attach(let number):
            closeTopics(&node)
            attachment = number
            node.emit(.attached(number, peers: node.peers))
        case .detach(let number):
            guard attachment == number else { return }
            attachment = nil
            closeTopics(&node)
        case .send(let content, let id):
            if let peer = peers[id] { node.send(RelayedMessage(content), to: peer) }
        case .broadcast(let content): node.broadcast(RelayedMessage(content))
        case .report(let offence, let id):
            if let peer = peers[id] { node.report(offence, by: peer) }
        case .credit(let merit, let id):
            if let peer = peers[id] { node.credit(merit, to: peer) }
        case .disconnect(let id, let reason):
            if let peer = peers[id] { node.disconnect(peer, reason) }
        case .subscribe(let topic):
            guard !topics.contains(topic), topics.count < Topic.maxCount else { return }
            topics.append(topic)
            node.subscribe(to: topic)
        case .unsubscribe(let topic):
            topics.removeAll { $0 == topic }
            node.unsubscribe(from: topic)
        case .publish(let bytes, let topic): node.publish(bytes, on: topic)
        case .judge(let id, let verdict): node.judge(id, verdict)
        }
    }

    /// What one program has opened isn't the next one's: nobody would judge the messages.
    private mutating func closeTopics(_ node: inout CapabilityContext<Self>) {
        for topic in topics { node.unsubscribe(from: topic) }
        topics = []
    }
}

/// What a relay tells.
public enum RelayEvent<Content: CapabilityMessage>: Sendable {
    /// The program with this number is attached; what follows is for it. These peers are connected already.
    case attached(UInt64, peers: [Peer])
    case joined(Peer)
    case received(RelayedMessage<Content>, from: Peer)
    case left(Peer)
    /// Of a topic that the program has opened: it goes on once the program has judged it.
    case topicMessage(TopicMessage)
}

/// What a relay can be told.
public enum RelayCommand<Content: CapabilityMessage>: Sendable {
    /// A program wants to know what happens from now on. It takes the place of the one before.
    case attach(UInt64)
    case detach(UInt64)
    case send(Content, to: ConnectionID)
    /// To all peers that share the capability.
    case broadcast(Content)
    case report(Offence, by: ConnectionID)
    case credit(Merit, to: ConnectionID)
    case disconnect(ConnectionID, DisconnectReason)
    case subscribe(Topic)
    case unsubscribe(Topic)
    case publish([UInt8], on: Topic)
    case judge(TopicMessageID, TopicVerdict)
}
