public import DevP2P
public import Primitives

/// Why a probe has nothing to report.
public enum ProbeError: Error, Sendable, CustomStringConvertible {
    /// The URL has no host.
    case noAddress
    case hostNotFound(HostNotFound)
    case invalidPort(UInt16)
    /// TCP couldn't connect.
    case unreachable(Endpoint, reason: String)
    /// The connection ended before the peer's Hello.
    case closed(Endpoint, CloseCause)
    /// Nobody answered.
    case noAnswer(Endpoint)
    case socket(BindError)

    public var description: String {
        switch self {
        case .noAddress: "the URL names no host, so there is nothing to connect to"
        case .hostNotFound(let error): "\(error)"
        case .invalidPort(let port): "port \(port) can't be connected to"
        case .unreachable(let endpoint, let reason): "\(endpoint) can't be reached: \(reason)"
        case .closed(let endpoint, let cause): "\(endpoint) ended the connection before its Hello: \(cause)"
        case .noAnswer(let endpoint): "\(endpoint) doesn't answer"
        case .socket(let error): "\(error)"
        }
    }
}
