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

    /// Which program is attached, by the number that it was given; nil for none.
    public private(set) var attachment: UInt64?

    private var peers: [ConnectionID: Peer] = [:]

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

    /// A command about a peer that has left does nothing: the program can't know yet.
    public mutating func commandReceived(_ command: Command, _ node: inout CapabilityContext<Self>) {
        switch command {
        case .attach(let number):
            attachment = number
            node.emit(.attached(number, peers: node.peers))
        case .detach(let number):
            if attachment == number { attachment = nil }
        case .send(let content, let id):
            if let peer = peers[id] { node.send(RelayedMessage(content), to: peer) }
        case .broadcast(let content): node.broadcast(RelayedMessage(content))
        case .report(let offence, let id):
            if let peer = peers[id] { node.report(offence, by: peer) }
        case .credit(let merit, let id):
            if let peer = peers[id] { node.credit(merit, to: peer) }
        case .disconnect(let id, let reason):
            if let peer = peers[id] { node.disconnect(peer, reason) }
        }
    }
}

/// What a relay tells.
public enum RelayEvent<Content: CapabilityMessage>: Sendable {
    /// The program with this number is attached; what follows is for it. These peers are connected already.
    case attached(UInt64, peers: [Peer])
    case joined(Peer)
    case received(RelayedMessage<Content>, from: Peer)
    case left(Peer)
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
}
