public import Primitives
public import RLP

/// A block: header and body. Its RLP is that of the NewBlock message: `[header, transactions, ommers, withdrawals?]`.
///
/// The hash is that of the header; `Consensus` checks whether the body belongs to the header.
public struct Block: Hashable, Sendable {
    public let header: Header
    public let body: BlockBody
    /// The hash of the header, computed once.
    public let hash: Hash32

    /// A block of these parts; computes the hash.
    public init(header: Header, body: BlockBody) {
        self.header = header
        self.body = body
        hash = header.hash
    }

    /// The header's block number.
    public var number: UInt64 { header.number }
    /// The body's transactions.
    public var transactions: [Transaction] { body.transactions }
}

extension Block: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(header)
            body.encodeFields(to: &list)
        }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        let header = try Header(from: &list)
        self.init(header: header, body: try BlockBody(fieldsFrom: &list))
    }
}
