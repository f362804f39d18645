/// What a connection knows of a capability: enough to negotiate it and to guard its ingress, but not its messages.
public struct CapabilityDescriptor: Sendable {
    public var name: CapabilityName
    /// The number of message ids reserved for it.
    public var messageCount: UInt8
    public var limits: IngressLimits

    public init(name: CapabilityName, messageCount: UInt8, limits: IngressLimits) {
        self.name = name
        self.messageCount = messageCount
        self.limits = limits
    }
}
