import EthCrypto
public import Primitives
public import RLP

/// What a block holds besides its header, as BlockBodies sends it: `[transactions, ommers, withdrawals?]`.
public struct BlockBody: Hashable, Sendable {
    public var transactions: [Transaction]
    public var ommers: [Header]
    /// From Shanghai on (EIP-4895); nil before.
    public var withdrawals: [Withdrawal]?

    public init(transactions: [Transaction] = [], ommers: [Header] = [], withdrawals: [Withdrawal]? = nil) {
        self.transactions = transactions
        self.ommers = ommers
        self.withdrawals = withdrawals
    }

    /// Keccak-256 of the list of ommers, which the header's `ommersHash` must be.
    public var ommersHash: Hash32 {
        if ommers.isEmpty { return .emptyListHash }
        var writer = RLPWriter()
        writer.write(list: ommers)
        return Keccak256.hash(writer.bytes)
    }
}

extension BlockBody: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in encodeFields(to: &list) }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        try self.init(fieldsFrom: &list)
    }

    func encodeFields(to list: inout RLPWriter) {
        list.write(list: transactions)
        list.write(list: ommers)
        if let withdrawals { list.write(list: withdrawals) }
    }

    /// Reads to the end of the list that holds the body's parts.
    init(fieldsFrom list: inout RLPReader) throws(RLPError) {
        transactions = try list.readList(of: Transaction.self)
        ommers = try list.readList(of: Header.self)
        withdrawals = list.isAtEnd ? nil : try list.readList(of: Withdrawal.self)
        try list.expectEnd()
    }
}
