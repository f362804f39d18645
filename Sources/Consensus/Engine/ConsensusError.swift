public import KeyValue
public import Primitives
public import SansIO

/// Why a header isn't accepted, or can't be verified.
public enum ConsensusError: Error, Hashable, Sendable {
    /// The header breaks a rule and will never be valid: its sender is at fault.
    case brokenRule(HeaderRule)
    /// The header's timestamp is ahead of the clock; it may be valid from this time on.
    case futureBlock(until: Instant)
    /// An ancestor that the engine needs is not in the store.
    case unknownAncestor(Hash32)
    /// The key may not seal this block.
    case notAuthorized
    /// The engine's records can't be read or decoded.
    case storage(StorageError)
}

extension ConsensusError: CustomStringConvertible {
    /// One sentence for the user.
    public var description: String {
        switch self {
        case .brokenRule(let rule): "broken rule: \(rule)"
        case .futureBlock(let until): "the timestamp is in the future, second \(until.unixSeconds)"
        case .unknownAncestor(let hash): "the ancestor \(hash) is unknown"
        case .notAuthorized: "the key may not seal this block"
        case .storage(let error): "\(error)"
        }
    }
}
