import DevP2P
import Logging
import NIOCore
import NodeCore
import Primitives
import Synchronization

/// Numbers the connections that come in, and refuses more than a node could have use for.
///
/// The peer book says which of them may become peers; this bound is only about a flood that is faster than the home loop.
final class Acceptor: Sendable {
    private let driver = Mutex<NodeDriver?>(nil)
    private let accepted = Atomic<UInt64>(0)
    private let open = Atomic<Int>(0)
    private let limit: Int

    /// Connections beyond the node's peers that may be open: those in the middle of a handshake or a goodbye.
    private static let handshakes = 256

    init(maxPeers: Int) { limit = maxPeers + Self.handshakes }

    /// From here on connections are the driver's; nil refuses them all.
    func hand(to driver: NodeDriver?) { self.driver.withLock { $0 = driver } }

    /// The listener has no file descriptors left for connections.
    func paused() { driver.withLock { $0 }?.lackedDescriptors() }

    /// On the new connection's event loop.
    func accept(_ channel: any Channel) -> ConnectionHandler? {
        guard let driver = driver.withLock({ $0 }), let remote = channel.remoteAddress.flatMap({ Endpoint($0) }) else {
            return nil
        }
        let count = open.add(1, ordering: .relaxed).newValue
        channel.closeFuture.whenComplete { _ in self.open.subtract(1, ordering: .relaxed) }
        guard count <= limit else { return nil }
        let number = accepted.add(1, ordering: .relaxed).newValue
        let handler = ConnectionHandler(
            id: ConnectionID(accepted: number), role: .recipient, on: channel.eventLoop, setup: driver.setup,
            owner: driver)
        driver.accepted(handler, from: remote)
        return handler
    }
}
