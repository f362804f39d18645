import ArgumentParser
import Gossip

/// Named as in go-ethereum.
struct PoolOptions: ParsableArguments {
    @Option(
        name: .customLong("txpool.accountslots"),
        help: "Transactions that each account keeps against better paid ones of accounts with more.")
    var accountSlots = PoolLimits().slotsPerSender

    @Option(name: .customLong("txpool.globalslots"), help: "Maximum number of transactions in the pool.")
    var globalSlots = PoolLimits().maxCount

    @Option(
        name: .customLong("txpool.accountqueue"),
        help: ArgumentHelp(
            "Maximum number of transactions of an account that wait for one before them. "
                + "\(PoolLimits().maxQueuedPerSender) by default, or as many as --txpool.accountslots where that is more."
        ))
    var accountQueue: Int?

    @Option(
        name: .customLong("txpool.globalqueue"),
        help: "Maximum number of transactions that wait for one before them, of all accounts.")
    var globalQueue = PoolLimits().maxQueued

    /// What may be given: the pool's memory is bounded in bytes whatever the numbers are.
    private static let range = 1...1_000_000

    func validate() throws {
        let numbers = [
            ("accountslots", accountSlots), ("globalslots", globalSlots), ("accountqueue", accountQueue ?? 1),
            ("globalqueue", globalQueue),
        ]
        if let (name, _) = numbers.first(where: { !Self.range.contains($0.1) }) {
            throw ValidationError("--txpool.\(name) must be 1 to \(Self.range.upperBound)")
        }
    }

    var limits: PoolLimits {
        PoolLimits(
            accountSlots: accountSlots, globalSlots: globalSlots, accountQueue: accountQueue, globalQueue: globalQueue)
    }
}
