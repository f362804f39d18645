public import DevP2P
public import NodeCore
public import NodeRecord
public import Primitives
package import SansIO

// What a program asks a running node, and tells it.
extension NodeService {
    /// Looks at the node on its home loop, where nothing else may run meanwhile: so no more than some milliseconds.
    ///
    /// - Throws: `notRunning` before `start`. After `stop` the node is as it was at its end.
    package func read<R: Sendable>(_ body: @Sendable (NodeCore) -> R) throws(NodeServiceError) -> R {
        guard let driver else { throw .notRunning }
        return body(driver.core)
    }

    /// As `read`, with the node's own time.
    package func read<R: Sendable>(
        _ body: @Sendable (NodeCore, Instant) -> R
    ) throws(NodeServiceError) -> R {
        guard let driver else { throw .notRunning }
        return body(driver.core, driver.now)
    }

    /// Keeps a connection to this node, whatever the number of peers.
    public func addPeer(_ contact: NodeContact) throws(NodeServiceError) {
        let driver = try running()
        driver.names.removeStatic(contact.id)
        driver.handle(.addPeer(contact))
    }

    /// The same for a node that may be given by host name: it is looked up while the node runs, again and again; where it
    /// has no address now, the events tell of it.
    public func addPeer(_ node: NodeReference) throws(NodeServiceError) {
        switch node {
        case .contact(let contact): try addPeer(contact)
        case .named(let url):
            guard try running().follow(url, .staticPeer) else { throw .tooManyNames(limit: NodeNames.maxCount) }
        }
    }

    /// No longer keeps a connection to this node.
    public func removePeer(_ id: NodeID) throws(NodeServiceError) {
        let driver = try running()
        driver.names.removeStatic(id)
        driver.handle(.removePeer(id))
    }

    /// Tells those who follow the events that there are no file descriptors left for connections: by whoever else listens
    /// in this process, such as an RPC server. It is told once a minute at most.
    public nonisolated func lackedDescriptors() {
        Task { await driver?.lackedDescriptors() }
    }

    /// What the node is doing.
    public var status: NodeStatus {
        get throws(NodeServiceError) { try read { $0.status } }
    }

    /// The connected peers, in the order in which they came.
    public var peers: [PeerStatus] {
        get throws(NodeServiceError) { try read { $0.peerStatuses } }
    }

    /// This end of a connection; nil where it isn't open.
    public func localEndpoint(of connection: ConnectionID) throws(NodeServiceError) -> Endpoint? {
        guard let driver else { throw .notRunning }
        return driver.links[connection]?.localEndpoint
    }

    /// What was sent by class, and what the upload limits have held back.
    public var upload: UploadStatus {
        get throws(NodeServiceError) { try read { $0.uploadStatus } }
    }

    /// What the node's capabilities have exchanged with peers.
    public var capabilities: [CapabilityStatus] {
        get throws(NodeServiceError) { try read { $0.capabilityStatuses } }
    }

    /// Tells a capability something. It learns of it in `commandReceived`.
    public func send<C: Capability>(_ command: C.Command, to capability: C.Type) throws(NodeServiceError) {
        try running().handle(.command(C.name, command))
    }

    /// Asks a capability, with a command that says where the answer goes.
    ///
    /// The capability must answer each such command, also where it can't do what it is asked for.
    public func ask<C: Capability, Answer: Sendable>(
        _ capability: C.Type, _ command: (ReplyTo<Answer>) -> C.Command
    ) async throws(NodeServiceError) -> Answer {
        try await ask(C.name, command)
    }

    /// As for one capability, for a host of several, by the name of any of them.
    package func ask<Command: Sendable, Answer: Sendable>(
        _ name: CapabilityName, _ command: (ReplyTo<Answer>) -> Command
    ) async throws(NodeServiceError) -> Answer {
        let driver = try running()
        guard names.contains(name) else { throw .noSuchCapability(name) }
        return await withCheckedContinuation { waiting in
            driver.handle(.command(name, command(ReplyTo { waiting.resume(returning: $0) })))
        }
    }

    /// What the node tells others of itself in discovery, signed.
    public var localRecord: NodeRecord {
        get throws(NodeServiceError) { try status.record }
    }

    /// The URL that others can dial the node by.
    public var enode: EnodeURL? {
        get throws(NodeServiceError) { NodeContact(try localRecord)?.enode }
    }

    /// What has gone over the sockets.
    public var traffic: Traffic {
        get throws(NodeServiceError) {
            guard let driver else { throw .notRunning }
            return driver.measuredTraffic
        }
    }
}
