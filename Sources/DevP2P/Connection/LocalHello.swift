/// What this node says of itself in its Hello. The public key comes from the connection's identity.
public struct LocalHello: Sendable {
    /// For instance `Starling/v0.1.0/linux-x86_64/swift6.3`. At most 256 bytes are sent.
    public var clientID: String
    /// All capabilities of this node, in the order of the node's list: messages are addressed by index in it.
    public var capabilities: [CapabilityDescriptor]
    /// Legacy: go-ethereum sends 0 and ignores the peer's.
    public var listenPort: UInt16

    public init(clientID: String, capabilities: [CapabilityDescriptor], listenPort: UInt16 = 0) {
        self.clientID = clientID
        self.capabilities = capabilities
        self.listenPort = listenPort
    }
}
