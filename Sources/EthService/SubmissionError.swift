public import Gossip
public import NodeNIO

/// Why a transaction isn't taken.
public enum SubmissionError: Error, Sendable, CustomStringConvertible {
    /// The pool doesn't want it.
    case rejected(PoolError)
    /// There is no node, or none with a chain, to take it.
    case service(NodeServiceError)

    public var description: String {
        switch self {
        case .rejected(let error): "\(error)"
        case .service(let error): "\(error)"
        }
    }
}
