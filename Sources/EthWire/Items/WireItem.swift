public import Chain
public import RLP

/// What the lists of `eth` hold. Before an item is decoded its own counts are checked, so that a message can't become
/// values of many times its size.
public protocol WireItem: RLPEncodable, RLPDecodable, Sendable {
    /// - Throws: `tooMany` for an item that should not be decoded.
    static func checkCounts(of item: ArraySlice<UInt8>) throws(RLPError)
}

extension WireItem {
    public static func checkCounts(of item: ArraySlice<UInt8>) throws(RLPError) {}

    /// Decodes exactly one item after its counts are checked.
    init(checking item: ArraySlice<UInt8>) throws(RLPError) {
        try Self.checkCounts(of: item)
        try self.init(rlp: item)
    }
}

extension Header: WireItem {}
extension Transaction: WireItem {}
extension PooledTransaction: WireItem {}

extension BlockBody: WireItem {
    public static func checkCounts(of item: ArraySlice<UInt8>) throws(RLPError) {
        var reader = RLPReader(item)
        var list = try reader.readList()
        try checkBodyCounts(&list)
    }
}

extension Block: WireItem {
    public static func checkCounts(of item: ArraySlice<UInt8>) throws(RLPError) {
        var reader = RLPReader(item)
        var list = try reader.readList()
        try list.skip()
        try checkBodyCounts(&list)
    }
}

/// Counts transactions, ommers and withdrawals against `EthLimits`.
private func checkBodyCounts(_ list: inout RLPReader) throws(RLPError) {
    let limits = [EthLimits.maxBlockTransactions, EthLimits.maxBlockOmmers, EthLimits.maxBlockWithdrawals]
    for limit in limits where !list.isAtEnd {
        _ = try list.readList().countItems(limit: limit)
    }
}
