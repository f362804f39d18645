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

    /// The sums for a block: as many as are in demand or, if the caps can't cover the demand, the fewest.
    ///
    /// - Parameters:
    ///   - transactions: those that have only an id.
    ///   - parts: of these, in all.
    /// - Returns: nil where even these would take more work than receivers put up with, or more bytes than half of the
    ///   transactions.
    public func size(transactions: Int, parts: Int) -> RepairSize? {
        let fewest = Double(limits.minRepaired)
        let average = Double(parts) / Double(max(1, transactions))
        func sums(_ wanted: Int, atLeast least: Double) -> Int {
            Int((max(least, Double(wanted) * limits.repairMargin) + Double(limits.repairSlack)).rounded(.up))
        }
        func size(for wanted: RepairSize) -> RepairSize {
            RepairSize(
                transactions: sums(wanted.transactions, atLeast: fewest),
                parts: sums(wanted.parts, atLeast: fewest * average))
        }
        let wanted = RepairSize(
            transactions: lacked.map(\.transactions).max() ?? 0, parts: lacked.map(\.parts).max() ?? 0)
        return [size(for: wanted), size(for: RepairSize(transactions: 0, parts: 0))].first { size in
            size.transactions <= BlockRepair.maxSums && size.parts <= BlockRepair.maxSums && 2 * size.parts <= parts
                && RepairBands(sums: size.transactions, symbols: transactions).work <= BlockRepair.maxWork
                && RepairBands(sums: size.parts, symbols: parts).work <= BlockRepair.maxWork
        }
    }
}
