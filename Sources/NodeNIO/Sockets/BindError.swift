import NIOCore
import Primitives

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a node listens with.
public enum ListeningProtocol: String, Sendable, Hashable {
    /// For discovery.
    case udp = "UDP"
    /// For peers.
    case tcp = "TCP"
}

/// Why a socket can't listen. The description says what to do about it.
public enum BindError: Error, Sendable, Hashable, CustomStringConvertible {
    case portInUse(ListeningProtocol, host: String, port: UInt16)
    /// Ports below 1024 belong to root on most systems.
    case notPermitted(ListeningProtocol, host: String, port: UInt16)
    /// No network interface of this machine has the address.
    case addressNotAvailable(ListeningProtocol, host: String, port: UInt16)
    case failed(ListeningProtocol, host: String, port: UInt16, reason: String)
    /// A Unix socket that another process listens on.
    case pathInUse(String)
    case pathFailed(String, reason: String)

    init(_ error: any Error, _ transport: ListeningProtocol, host: String, port: UInt16) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: self = .portInUse(transport, host: host, port: port)
        case EACCES, EPERM: self = .notPermitted(transport, host: host, port: port)
        case EADDRNOTAVAIL: self = .addressNotAvailable(transport, host: host, port: port)
        default:
            if SocketFailure.isUnknownHost(error) {
                self = .addressNotAvailable(transport, host: host, port: port)
            } else {
                self = .failed(transport, host: host, port: port, reason: SocketFailure.words(error))
            }
        }
    }

    public var description: String {
        switch self {
        case .portInUse(let transport, let host, let port):
            "\(transport.rawValue) port \(port) on \(host) is in use: another node runs already, or another program has "
                + "the port. Stop that, or choose another port for this node."
        case .notPermitted(let transport, let host, let port):
            "\(transport.rawValue) port \(port) on \(host) may not be used by this user: choose a port of 1024 or above."
        case .addressNotAvailable(let transport, let host, let port):
            "\(host) is no address of this machine, so nothing can listen on \(transport.rawValue) port \(port) there: "
                + "choose 0.0.0.0, or the address of one of its interfaces."
        case .failed(let transport, let host, let port, let reason):
            "can't listen on \(transport.rawValue) port \(port) of \(host): \(reason)"
        case .pathInUse(let path):
            "another process listens on the Unix socket \(path). Stop that, or choose another path."
        case .pathFailed(let path, let reason): "can't listen on the Unix socket \(path): \(reason)"
        }
    }
}
