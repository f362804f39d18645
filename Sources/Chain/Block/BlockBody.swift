import EthCrypto
public import Primitives
public import RLP

/// The content of a block besides its header, in the form of the BlockBodies message: `[transactions, ommers,
/// withdrawals?]`.
public struct BlockBody: Hashable, Sendable {
    /// The transactions, in order.
    public var transactions: [Transaction]
    /// The headers of ommers (uncles); empty except under proof of work.
    public var ommers: [Header]
    /// The withdrawals, from Shanghai on (EIP-4895); nil before.
    public var withdrawals: [Withdrawal]?

    public init(transactions: [Transaction] = [], ommers: [Header] = [], withdrawals: [Withdrawal]? = nil) {
        self.transactions = transactions
        self.ommers = ommers
        self.withdrawals = withdrawals
    }

    /// Keccak-256 of the RLP of the ommers, which must equal the header's `ommersHash`.
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

    /// Reads the body's parts up to the end of `list`.
    init(fieldsFrom list: inout RLPReader) throws(RLPError) {
        transactions = try list.readList(of: Transaction.self)
        ommers = try list.readList(of: Header.self)
        withdrawals = list.isAtEnd ? nil : try list.readList(of: Withdrawal.self)
        try list.expectEnd()
    }
}
