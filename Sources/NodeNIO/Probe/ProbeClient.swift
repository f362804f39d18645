public import EthCrypto
public import Logging
import NIOCore
import NIOPosix
public import NodeRecord
import Primitives
import SansIO

/// Asks one node what it says of itself, without being a node.
///
/// It is what `starling rlpx ping` and `starling discv4 ping` run.
public struct ProbeClient: Sendable {
    /// Who the probe says it is.
    public let identity: PrivateKey
    public let clientID: String
    /// For a whole probe.
    public let timeout: Duration
    private let logger: Logger

    /// - Parameter identity: nil for a new one.
    public init(
        identity: PrivateKey? = nil, clientID: String = "starling/probe", timeout: Duration = .seconds(10),
        logger: Logger = Logger(label: "starling.probe")
    ) {
        var random = NodeRandom.system()
        self.identity = identity ?? .generate(using: &random)
        self.clientID = clientID
        self.timeout = timeout
        self.logger = logger
    }

    /// Dials a node, exchanges Hello and, where it speaks `eth`, Status, and says goodbye.
    ///
    /// The Status that the probe sends is the node's own, so that the node has nothing to object to.
    ///
    /// - Throws: where it doesn't come to the node's Hello.
    public func rlpx(_ enode: EnodeURL) async throws(ProbeError) -> PeerReport {
        let contact = try await resolve(enode)
        guard contact.tcpPort != 0 else { throw .invalidPort(0) }
        let probe = PeerProbe(
            contact, identity: identity, clientID: clientID, on: MultiThreadedEventLoopGroup.singleton.next(),
            logger: logger)
        return try await probe.run(timeout: timeout)
    }

    /// Pings a node over UDP, and asks for its record.
    ///
    /// - Throws: where it doesn't answer the ping.
    public func discv4(_ enode: EnodeURL) async throws(ProbeError) -> DiscoveryReport {
        let contact = try await resolve(enode)
        guard contact.udpPort != 0 else { throw .invalidPort(0) }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let host = contact.ip.isV4 ? "0.0.0.0" : "::"
        let socket: DatagramSocket
        do {
            socket = try await DatagramSocket.bind(host: host, port: 0, on: loop, logger: logger)
        } catch {
            throw .socket(error)
        }
        let probe = DiscoveryProbe(contact, identity: identity, socket: socket, on: loop)
        return try await probe.run(timeout: timeout)
    }

    private func resolve(_ enode: EnodeURL) async throws(ProbeError) -> NodeContact {
        let contact: NodeContact?
        do {
            contact = try await enode.resolved()
        } catch {
            throw .hostNotFound(error)
        }
        guard let contact else { throw .noAddress }
        return contact
    }
}
