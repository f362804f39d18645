public import DevP2P

/// Announces blocks and transactions, and never delivers one.
public struct Withholding: Behaviour {
    /// An announcement is smaller, and anything with a block's header in it larger.
    private static let largestAnnouncement = 400

    public init() {}

    public mutating func outgoing(_ outgoing: OutgoingMessage, by node: SimulatedNode) -> [OutboundMessage] {
        let isContent = outgoing.ethID?.isContent ?? (outgoing.message.byteCount > Self.largestAnnouncement)
        return isContent ? [] : [outgoing.message]
    }
}
