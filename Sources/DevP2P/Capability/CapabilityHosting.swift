public import SansIO

/// What a node has its capabilities in: one of any type (`CapabilityHost`), or several that share their state.
public protocol CapabilityHosting: Sendable {
    /// The index of the first of `descriptors` in the node's list of capabilities; the others follow it. The node sets it
    /// when the host is registered.
    var index: Int { get set }

    /// One for each version of each capability; never empty.
    var descriptors: [CapabilityDescriptor] { get }

    /// The peers that have joined each of `descriptors`, as a number.
    var peerCounts: [Int] { get }

    /// What was counted so far, for each of `descriptors`.
    var metrics: [CapabilityMetrics] { get }

    /// When `deadlineReached` is wanted next.
    var deadline: Instant? { get }

    /// Whether a session begins with a handshake of the capability at this index of the node's list.
    func hasHandshake(at index: Int) -> Bool

    /// What an incoming message of the capability at this index is for.
    func use(of id: UInt8, at index: Int) -> MessageUse

    /// Counts a message that is sent to one peer.
    mutating func sent(_ message: OutboundMessage)

    /// Takes one call. What it wants done it appends to the context's effects.
    mutating func take(_ call: HostCall, _ node: inout HostContext<any Sendable>)
}
