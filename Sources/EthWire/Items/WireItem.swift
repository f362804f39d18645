public import Chain
public import RLP

/// An element of the lists of `eth` messages. Before an item is decoded its own counts are checked, so that a message
/// can't become values of many times its size.
public protocol WireItem: RLPEncodable, RLPDecodable, Sendable {
    /// Checks the counts within an encoded item.
    ///
    /// - Throws: `tooMany` for an item that must not be decoded.
    static func checkCounts(of item: ArraySlice<UInt8>) throws(RLPError)
}

extension WireItem {
    public static func checkCounts(of item: ArraySlice<UInt8>) throws(RLPError) {}

    /// Checks the counts of an item and decodes it.
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

/// Checks the counts of transactions, ommers and withdrawals against `EthLimits`.
private func checkBodyCounts(_ list: inout RLPReader) throws(RLPError) {
    let limits = [EthLimits.maxBlockTransactions, EthLimits.maxBlockOmmers, EthLimits.maxBlockWithdrawals]
    for limit in limits where !list.isAtEnd {
        _ = try list.readList().countItems(limit: limit)
    }
}
