/// Why a node can't be made or can't go on. Each case says what to do about it.
public enum NodeError: Error, Sendable, CustomStringConvertible {
    /// The store belongs to another chain, or can't be read.
    case storage(String)
    case genesis(String)
    /// The node's own record can't be made.
    case record(String)

    public var description: String {
        switch self {
        case .storage(let text), .genesis(let text), .record(let text): text
        }
    }
}
