extension Block {
    /// What its RLP takes, roughly and rather more: without encoding it.
    ///
    /// - Complexity: O(transactions).
    public var approximateBytes: Int {
        let fixed = 700 * (1 + body.ommers.count) + 50 * (body.withdrawals?.count ?? 0)
        return transactions.reduce(fixed) { $0 + $1.size + 4 }
    }
}
