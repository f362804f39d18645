extension Block {
    /// An upper estimate of the size of its RLP in bytes, computed without encoding it.
    ///
    /// - Complexity: O(transactions).
    public var approximateBytes: Int {
        let fixed = 700 * (1 + body.ommers.count) + 50 * (body.withdrawals?.count ?? 0)
        return transactions.reduce(fixed) { $0 + $1.size + 4 }
    }
}
