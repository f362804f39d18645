public import DevP2P
public import KeyValue
public import SansIO

/// A capability that keeps nothing in the node's store, as it is.
public struct CapabilityConfiguration<C: Capability>: HostConfiguration {
    public let capability: C

    public init(_ capability: C) { self.capability = capability }

    public var capabilities: [CapabilityName] { capability.descriptors.map(\.name) }

    public var columns: [Column] { [] }

    public func open(
        _ node: NodeConfiguration, store: any KeyValueStore, random: inout NodeRandom, now: Instant
    ) throws(NodeError) -> CapabilityHost<C> { CapabilityHost(capability) }
}
