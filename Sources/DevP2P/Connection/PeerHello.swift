/// What the peer's Hello says, and what follows from it.
public struct PeerHello: Sendable {
    public let clientID: String
    /// Version of the base protocol, at least 5: older ones don't compress and are refused.
    public let p2pVersion: UInt64
    /// Legacy, mostly 0.
    public let listenPort: UInt64
    /// All that the peer announces, in its order.
    public let capabilities: [CapabilityName]
    /// Indices into the node's list of the capabilities that are now in use, ascending by name; never empty. Of several
    /// common versions of one name only the highest is here.
    public let shared: [Int]

    public init(
        clientID: String, p2pVersion: UInt64, listenPort: UInt64, capabilities: [CapabilityName], shared: [Int]
    ) {
        self.clientID = clientID
        self.p2pVersion = p2pVersion
        self.listenPort = listenPort
        self.capabilities = capabilities
        self.shared = shared
    }
}
