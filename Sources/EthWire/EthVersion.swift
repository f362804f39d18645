public import DevP2P

/// A version of the `eth` protocol.
public enum EthVersion: UInt64, CaseIterable, Comparable, Sendable {
    /// EIP-5793: announcements carry type and size. Spoken by older go-ethereum, besu and others.
    case eth68 = 68
    /// EIP-7642: Status and BlockRangeUpdate with the range of blocks, receipts without bloom.
    case eth69 = 69

    /// The version negotiated with a peer of the `eth` capability.
    public init(of peer: Peer) { self = EthVersion(rawValue: peer.version) ?? .newest }

    /// The newest version implemented.
    public static let newest = EthVersion.eth69

    /// The number in Hello and Status: 68 or 69.
    public var number: UInt64 { rawValue }

    /// The capability's name and version, as in Hello.
    public var name: CapabilityName { CapabilityName("eth", version: number) }

    /// The number of message ids that it reserves.
    public var messageCount: UInt8 {
        switch self {
        case .eth68: 17
        case .eth69: 18
        }
    }

    /// The encoding of receipts in its Receipts message.
    public var receiptForm: ReceiptForm { self < .eth69 ? .withBloom : .withoutBloom }

    /// Whether peers state in Status and BlockRangeUpdate which blocks they have. In older versions NewBlock and
    /// NewBlockHashes show it, which newer versions don't have.
    public var hasBlockRange: Bool { self >= .eth69 }

    /// The limits on messages received and not yet handled.
    public static var limits: IngressLimits {
        IngressLimits(
            maxMessageBytes: EthLimits.maxMessageBytes, maxBufferedBytes: IngressLimits.standard.maxBufferedBytes,
            maxBufferedMessages: IngressLimits.standard.maxBufferedMessages)
    }

    /// The descriptor with which connections negotiate the version.
    public var descriptor: CapabilityDescriptor {
        CapabilityDescriptor(name: name, messageCount: messageCount, limits: Self.limits)
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
