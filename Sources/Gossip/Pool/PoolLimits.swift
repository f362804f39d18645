public import Primitives

/// How much the pool may hold, and what it asks of a transaction.
public struct PoolLimits: Hashable, Sendable {
    /// Transactions in all.
    public var maxCount = 16_384
    /// Bytes of all transactions.
    public var maxBytes = 64 << 20
    /// Transactions of one sender.
    public var maxPerSender = 4_096
    /// Bytes of one sender's transactions.
    public var maxBytesPerSender = 16 << 20
    /// Transactions that a sender keeps against better paid ones of senders with more (go-ethereum's `AccountSlots`).
    public var slotsPerSender = 16
    /// The bytes that these may have: so many of go-ethereum's slots of 32 KiB.
    public var slotBytesPerSender = 512 << 10
    /// How many may have to go for one that comes: with more it is refused, or refusals would be costly.
    public var maxEvictions = 64
    /// Transactions that can't be executed yet, in all.
    public var maxQueued = 2_048
    /// Transactions of one sender that can't be executed yet (go-ethereum's `AccountQueue`).
    public var maxQueuedPerSender = 64
    /// By how many hundredths both fees must rise to replace a transaction (go-ethereum's `PriceBump`).
    public var priceBump: UInt64 = 10
    /// The least tip, in wei (go-ethereum's `PriceLimit`).
    public var minTip: UInt256 = 1
    /// How long a transaction that can't be executed stays (go-ethereum's `Lifetime`).
    public var queuedLifetime = Duration.seconds(3 * 3600)
    /// How long one stays that is ready while it, or one before it, doesn't pay the base fee.
    public var blockedLifetime = Duration.seconds(600)

    public init() {}

    /// By the numbers that operators give, which go-ethereum has under the same names.
    ///
    /// - Parameters:
    ///   - accountSlots: an account keeps so many, and may have so many.
    ///   - globalSlots: in all.
    ///   - accountQueue: of an account, that can't be executed yet; nil for the default, or `accountSlots` where that is more,
    ///     since transactions may come in any order.
    ///   - globalQueue: of all accounts, that can't be executed yet.
    public init(accountSlots: Int, globalSlots: Int, accountQueue: Int?, globalQueue: Int) {
        slotsPerSender = accountSlots
        maxCount = globalSlots
        maxQueuedPerSender = accountQueue ?? max(maxQueuedPerSender, accountSlots)
        maxQueued = max(globalQueue, maxQueuedPerSender)
        maxPerSender = max(maxPerSender, accountSlots, maxQueuedPerSender)
        // go-ethereum counts a transaction as a slot for each 32 KiB.
        slotBytesPerSender = max(
            slotBytesPerSender, accountSlots.multipliedReportingOverflow(by: 32 << 10).partialValue)
    }
}
