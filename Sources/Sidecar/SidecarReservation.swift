public import DevP2P

/// A capability that a program outside the node serves: what peers are told of it, and where the program dials in.
public struct SidecarReservation: Sendable {
    public let descriptor: CapabilityDescriptor
    /// Of the Unix socket.
    public let path: String

    /// The longest path that a socket's address holds on every system.
    public static let maxPathBytes = 103

    /// - Parameter messageCount: the message ids that the capability reserves. Both sides must agree on it.
    public init(name: CapabilityName, messageCount: UInt8, limits: IngressLimits = .standard, path: String) {
        descriptor = CapabilityDescriptor(name: name, messageCount: messageCount, limits: limits)
        self.path = path
    }

    /// Reads `NAME/VERSION/COUNT@PATH`, as `chat/1/4@/run/chat.sock`; nil for anything else.
    ///
    /// A name has one to eight letters, digits and signs of ASCII (rlpx.md of the devp2p specification).
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
