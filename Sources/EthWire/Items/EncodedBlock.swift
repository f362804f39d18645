public import Chain
public import DevP2P
public import Primitives
public import RLP

/// A block whose body is still encoded: the header is decoded and hashed, the items of the body are only counted.
///
/// So a body costs memory and time only after its header was verified, and then in a job instead of on the home loop.
/// It is a slice of the message in which it came, which it keeps in memory.
public struct EncodedBlock: Sendable {
    /// The lists of a body, with each item in the encoding that the header's roots cover.
    public struct Items: Sendable {
        /// The transactions, typed ones without the byte string around them (EIP-2718).
        public var transactions: [[UInt8]]
        /// The RLP of the list of ommers.
        public var ommers: [UInt8]
        /// The withdrawals; nil if the body has none.
        public var withdrawals: [[UInt8]]?
    }

    /// The decoded header.
    public let header: Header
    /// The hash of the header, computed once.
    public let hash: Hash32
    /// The RLP of the whole block.
    public let encoded: ArraySlice<UInt8>

    /// Encodes a block.
    public init(_ block: Block) {
        header = block.header
        hash = block.hash
        encoded = block.rlp[...]
    }

    /// Reads a block and decodes its header.
    ///
    /// - Throws: `tooMany` for a header of more than `EthLimits.maxHeaderBytes`, or for more items than `EthLimits`
    ///   allows.
    public init(from reader: inout RLPReader) throws(RLPError) {
        encoded = try reader.readRaw()
        try Block.checkCounts(of: encoded)
        var block = RLPReader(encoded)
        var list = try block.readList()
        let bytes = try list.readRaw()
        guard bytes.count <= EthLimits.maxHeaderBytes else { throw .tooMany(limit: EthLimits.maxHeaderBytes) }
        header = try Header(rlp: bytes)
        hash = header.hash
    }

    /// The header's block number.
    public var number: UInt64 { header.number }

    /// Its size in memory in bytes, without the rest of its message.
    public var byteCount: Int { encoded.count }

    /// The body's items, copied but not decoded, for a check of the header's roots.
    ///
    /// - Complexity: O(bytes).
    public func items() throws(WireError) -> Items {
        do {
            var block = RLPReader(encoded)
            var list = try block.readList()
            try list.skip()
            var transactions: [[UInt8]] = []
            var items = try list.readList()
            while !items.isAtEnd {
                transactions.append(Array(items.nextIsList == false ? try items.readBytes() : try items.readRaw()))
            }
            let ommers = Array(try list.readRaw())
            var withdrawals: [[UInt8]]?
            if !list.isAtEnd { withdrawals = try Self.readItems(&list) }
            try list.expectEnd()
            return Items(transactions: transactions, ommers: ommers, withdrawals: withdrawals)
        } catch {
            throw .malformed(error)
        }
    }

    /// Decodes the block.
    ///
    /// - Complexity: decodes and hashes every transaction; each takes some 150 bytes of memory more than its encoding.
    public func decoded() throws(WireError) -> Block { try WireError.decode(from: encoded) }

    private static func readItems(_ list: inout RLPReader) throws(RLPError) -> [[UInt8]] {
        var items = try list.readList()
        var all: [[UInt8]] = []
        while !items.isAtEnd { all.append(Array(try items.readRaw())) }
        return all
    }
}

extension EncodedBlock: RLPEncodable {
    public func encode(to writer: inout RLPWriter) { writer.writeRaw(encoded) }
}
