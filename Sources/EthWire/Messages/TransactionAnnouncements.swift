public import Chain
public import Primitives
public import RLP

/// Transactions that the sender has: `[types, [size, …], [hash, …]]` in NewPooledTransactionHashes (EIP-5793).
public struct TransactionAnnouncements: Hashable, Sendable {
    /// One transaction of an announcement.
    public struct Entry: Hashable, Sendable {
        /// The transaction's type, which may be unknown to this node.
        public var type: UInt8
        /// The length of `type || …`, in bytes, including the sidecar of a blob transaction.
        public var size: UInt32
        /// The transaction's hash.
        public var hash: Hash32

        public init(type: UInt8, size: UInt32, hash: Hash32) {
            self.type = type
            self.size = size
            self.hash = hash
        }

        /// The announcement of a transaction without a sidecar.
        public init(_ transaction: Transaction) {
            type = transaction.type.rawValue
            size = UInt32(clamping: transaction.size)
            hash = transaction.hash
        }
    }

    /// The types, in the order of the hashes.
    public private(set) var types: [UInt8]
    /// The sizes in bytes, in the order of the hashes; 32 bits, as in go-ethereum.
    public private(set) var sizes: [UInt32]
    /// The hashes.
    public private(set) var hashes: [Hash32]

    /// The announcement of these transactions.
    public init(_ entries: some Collection<Entry>) {
        types = entries.map(\.type)
        sizes = entries.map(\.size)
        hashes = entries.map(\.hash)
    }

    /// Whether there is a type and a size for each hash. Always true after the message was decoded.
    var isConsistent: Bool { types.count == hashes.count && sizes.count == hashes.count }

    public var count: Int { hashes.count }

    /// The announced transactions, in the order of the message.
    public var entries: some Sequence<Entry> & Sendable {
        let all = self
        return hashes.indices.lazy.map { Entry(type: all.types[$0], size: all.sizes[$0], hash: all.hashes[$0]) }
    }
}

extension TransactionAnnouncements: RLPEncodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(types)
            list.list { inner in for size in sizes { inner.write(size) } }
            list.write(list: hashes)
        }
    }

    init(from reader: inout RLPReader) throws(RLPError) {
        let limit = EthLimits.maxAnnouncedHashes
        var list = try reader.readList()
        types = Array(try list.readBytes(limit: limit))
        sizes = try list.readList(limit: limit) { (sizes) throws(RLPError) in try sizes.read(UInt32.self) }
        hashes = try list.readList(limit: limit)
        try list.expectEnd()
    }
}
