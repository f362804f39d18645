/// Numbers of transactions and of their parts of 64 bytes: what a node lacks of a block, or the sums that one comes with.
public struct RepairSize: Hashable, Sendable {
    public var transactions: Int
    public var parts: Int

    public init(transactions: Int, parts: Int) {
        self.transactions = transactions
        self.parts = parts
    }
}

/// How much others may lack of a block: about as much as this node itself lacked of the latest ones, since what is in a
/// pool depends on how long it took to get there and on how large pools are, and a node's peers are much like it.
public struct RepairDemand: Sendable {
    private let limits: BlockGossipLimits
    /// What was lacking of each of the latest blocks, the newest last.
    private var lacked: [RepairSize] = []

    public init(limits: BlockGossipLimits) { self.limits = limits }

    /// What this node had to get of a block that it has only been given the ids of.
    public mutating func note(_ lack: RepairSize) {
        lacked.append(lack)
        if lacked.count > max(1, limits.repairMemory) { lacked.removeFirst() }
    }

    /// The sums for a block, of which so many transactions are only named and have so many parts in all.
    ///
    /// - Returns: nil where they would take more work than receivers put up with, or more bytes than half of the
    ///   transactions.
    public func size(transactions: Int, parts: Int) -> RepairSize? {
        func sums(_ most: Int, atLeast least: Double) -> Int {
            // As many as are allowed are of no use where that isn't enough.
            let wanted = most <= BlockRepair.maxSums ? max(least, Double(most) * limits.repairMargin) : least
            return Int(min((wanted + Double(limits.repairSlack)).rounded(.up), Double(BlockRepair.maxSums)))
        }
        let least = Double(limits.minRepaired)
        let average = Double(parts) / Double(max(1, transactions))
        let size = RepairSize(
            transactions: sums(lacked.map(\.transactions).max() ?? 0, atLeast: least),
            parts: sums(lacked.map(\.parts).max() ?? 0, atLeast: least * average))
        let isWorthIt = 2 * size.parts <= parts && parts * size.parts <= BlockRepair.maxWork
        return isWorthIt ? size : nil
    }
}
