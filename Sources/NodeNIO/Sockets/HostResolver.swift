import NIOCore
import NIOPosix
public import NodeRecord
import Primitives

/// A host name that stands for no address.
public struct HostNotFound: Error, Sendable, Hashable, CustomStringConvertible {
    public let host: String

    public var description: String { "no address found for the host name '\(host)'" }
}

extension EnodeURL {
    /// The node at the URL's host. A name is looked up, on a thread of its own; its first address counts.
    ///
    /// - Returns: nil for the incomplete form, which has no host.
    public func resolved() async throws(HostNotFound) -> NodeContact? {
        guard case .name(let name) = host else { return contact }
        let port = Int(tcpPort)
        let address = try? await NIOThreadPool.singleton.runIfActive {
            try SocketAddress.makeAddressResolvingHost(name, port: port)
        }
        guard let endpoint = address.flatMap({ Endpoint($0) }) else { throw HostNotFound(host: name) }
        return contact(at: endpoint.ip)
    }
}
