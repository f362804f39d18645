public import DevP2P

/// A version of the `eth` protocol, as a type: `EthMessage`s of several versions are told apart by it.
public protocol EthVersion: Sendable {
    static var number: UInt64 { get }
    /// How many message ids the version reserves.
    static var messageCount: UInt8 { get }
    /// The form of receipts in its Receipts message.
    static var receiptForm: ReceiptForm { get }
}

extension EthVersion {
    public static var name: CapabilityName { CapabilityName("eth", version: number) }

    public static var limits: IngressLimits {
        IngressLimits(
            maxMessageBytes: EthLimits.maxMessageBytes, maxBufferedBytes: IngressLimits.standard.maxBufferedBytes,
            maxBufferedMessages: IngressLimits.standard.maxBufferedMessages)
    }
}

/// eth/68 (EIP-5793): announcements carry type and size. Spoken by older go-ethereum, besu and others.
public enum Eth68: EthVersion {
    public static let number: UInt64 = 68
    public static let messageCount: UInt8 = 17
    public static let receiptForm = ReceiptForm.withBloom
}

/// eth/69 (EIP-7642): Status and BlockRangeUpdate with the range of blocks, receipts without bloom.
public enum Eth69: EthVersion {
    public static let number: UInt64 = 69
    public static let messageCount: UInt8 = 18
    public static let receiptForm = ReceiptForm.withoutBloom
}
