public import Chain
public import DevP2P
public import Primitives
public import RLP

/// A block whose body is still encoded: the header is decoded and hashed, the items of the body are counted, nothing more.
///
/// A body costs memory and time only once its header has turned out to be worth it, and then not on the loop that
/// everything else waits for. A view of the message that it came in, which it keeps in memory.
public struct EncodedBlock: Sendable {
    /// The lists of a body as the roots of the header cover them.
    public struct Items: Sendable {
        /// A transaction of a type is without the string around it (EIP-2718).
        public var transactions: [[UInt8]]
        /// The whole list.
        public var ommers: [UInt8]
        public var withdrawals: [[UInt8]]?
    }

    public let header: Header
    /// The hash of the header, computed once.
    public let hash: Hash32
    /// The whole block.
    public let encoded: ArraySlice<UInt8>

    public init(_ block: Block) {
        header = block.header
        hash = block.hash
        encoded = block.rlp[...]
    }

    /// - Throws: `tooMany` for a header too large to be hashed at once, or for more items than `EthLimits` allows.
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

    public var number: UInt64 { header.number }

    /// What it takes in memory, apart from the rest of its message.
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

    /// The block.
    ///
    /// - Complexity: decodes and hashes every transaction, each of which takes some 150 bytes besides its own.
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
