public import DevP2P
public import KeyValue
public import SansIO

/// What a host is made from when its node opens: one that keeps something in the node's store, such as a chain.
///
/// A capability that needs nothing of the kind is registered as it is.
public protocol HostConfiguration: Sendable {
    associatedtype Host: CapabilityHosting

    /// What its capabilities are called, in the order of the host's descriptors.
    var capabilities: [CapabilityName] { get }

    /// The tables that the host has in the node's store.
    var columns: [Column] { get }

    /// Opens the host, on the thread that opens the node.
    ///
    /// - Throws: where the store belongs to something else or can't be read.
    func open(
        _ node: NodeConfiguration, store: any KeyValueStore, random: inout NodeRandom, now: Instant
    ) throws(NodeError) -> Host
}
