import NIOCore
import NodeNIO

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why the RPC server doesn't serve. The description says what to do about it.
public enum RPCServerError: Error, Hashable, Sendable, CustomStringConvertible {
    case portInUse(host: String, port: Int)
    /// Ports below 1024 belong to root on most systems.
    case notPermitted(host: String, port: Int)
    /// No network interface of this machine has the address.
    case addressNotAvailable(host: String, port: Int)
    /// The server runs already, or was stopped.
    case alreadyStarted
    case failed(host: String, port: Int, reason: String)

    init(_ error: any Error, host: String, port: Int) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: self = .portInUse(host: host, port: port)
        case EACCES, EPERM: self = .notPermitted(host: host, port: port)
        case EADDRNOTAVAIL: self = .addressNotAvailable(host: host, port: port)
        default:
            if SocketFailure.isUnknownHost(error) {
                self = .addressNotAvailable(host: host, port: port)
            } else {
                self = .failed(host: host, port: port, reason: SocketFailure.words(error))
            }
        }
    }

    public var description: String {
        switch self {
        case .portInUse(let host, let port):
            "HTTP port \(port) on \(host) is in use: another node runs already, or another program has the port. Stop "
                + "that, or choose another port for JSON-RPC."
        case .notPermitted(let host, let port):
            "HTTP port \(port) on \(host) may not be used by this user: choose a port of 1024 or above."
        case .addressNotAvailable(let host, let port):
            "\(host) is no address of this machine, so nothing can listen on HTTP port \(port) there: choose 127.0.0.1, "
                + "or the address of one of its interfaces."
        case .alreadyStarted: "the RPC server was started before"
        case .failed(let host, let port, let reason): "can't listen on HTTP port \(port) of \(host): \(reason)"
        }
    }
}
