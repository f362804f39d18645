public import DevP2P

/// A capability that is served by a program outside the node, and the socket to which the program connects.
public struct SidecarReservation: Sendable {
    /// The capability, as negotiated with peers.
    public let descriptor: CapabilityDescriptor
    /// The path of the Unix socket.
    public let path: String

    /// The maximum length of a socket's path that every system allows, in bytes.
    public static let maxPathBytes = 103

    /// Reserves a capability.
    ///
    /// - Parameter messageCount: the number of message ids that the capability reserves, on which all peers must agree.
    public init(name: CapabilityName, messageCount: UInt8, limits: IngressLimits = .standard, path: String) {
        descriptor = CapabilityDescriptor(name: name, messageCount: messageCount, limits: limits)
        self.path = path
    }

    /// Parses `NAME/VERSION/COUNT@PATH`, such as `chat/1/4@/run/chat.sock`; nil for anything else.
    ///
    /// A name has one to eight printable ASCII characters (rlpx.md of the devp2p specification).
    public init?(_ text: some StringProtocol) {
        let sides = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, !sides[1].isEmpty, sides[1].utf8.count <= Self.maxPathBytes else { return nil }
        let parts = sides[0].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let version = UInt64(parts[1]), let count = UInt8(parts[2]), count > 0,
            (1...8).contains(parts[0].utf8.count), parts[0].utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        self.init(
            name: CapabilityName(String(parts[0]), version: version), messageCount: count, path: String(sides[1]))
    }
}
