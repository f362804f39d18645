public import DevP2P

/// A version of the `eth` protocol.
public enum EthVersion: UInt64, CaseIterable, Comparable, Sendable {
    /// EIP-5793: announcements carry type and size. Spoken by older go-ethereum, besu and others.
    case eth68 = 68
    /// EIP-7642: Status and BlockRangeUpdate with the range of blocks, receipts without bloom.
    case eth69 = 69

    /// The version in which a peer is joined to the `eth` capability.
    public init(of peer: Peer) { self = EthVersion(rawValue: peer.version) ?? .newest }

    public static let newest = EthVersion.eth69

    public var number: UInt64 { rawValue }

    public var name: CapabilityName { CapabilityName("eth", version: number) }

    /// How many message ids it reserves.
    public var messageCount: UInt8 {
        switch self {
        case .eth68: 17
        case .eth69: 18
        }
    }

    /// The form of receipts in its Receipts message.
    public var receiptForm: ReceiptForm { self < .eth69 ? .withBloom : .withoutBloom }

    /// Whether peers say by Status and BlockRangeUpdate which blocks they have. Before, they say it by NewBlock and
    /// NewBlockHashes, which no newer version has any more.
    public var hasBlockRange: Bool { self >= .eth69 }

    public static var limits: IngressLimits {
        IngressLimits(
            maxMessageBytes: EthLimits.maxMessageBytes, maxBufferedBytes: IngressLimits.standard.maxBufferedBytes,
            maxBufferedMessages: IngressLimits.standard.maxBufferedMessages)
    }

    /// What connections negotiate.
    public var descriptor: CapabilityDescriptor {
        CapabilityDescriptor(name: name, messageCount: messageCount, limits: Self.limits)
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
