public import DevP2P
public import NodeCore

/// Why a node doesn't start, or doesn't do what it is asked for.
public enum NodeServiceError: Error, Sendable, CustomStringConvertible {
    case bind(BindError)
    case node(NodeError)
    /// Too late: the node was started before.
    case alreadyStarted
    /// Not started yet, or stopped.
    case notRunning
    /// The node has a capability of this name and version already.
    case capabilityExists(CapabilityName)
    /// The node has no capability of this name and version.
    case noSuchCapability(CapabilityName)
    /// So many nodes are known by host name already.
    case tooManyNames(limit: Int)

    public var description: String {
        switch self {
        case .bind(let error): "\(error)"
        case .node(let error): "\(error)"
        case .alreadyStarted: "the node was started before"
        case .notRunning: "the node isn't running"
        case .capabilityExists(let name): "the node has the capability \(name) already"
        case .noSuchCapability(let name): "the node has no capability \(name)"
        case .tooManyNames(let limit): "\(limit) nodes are known by host name already: remove one, or give the address"
        }
    }
}
